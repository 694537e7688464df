package proc_test

import (
	"net"
	"os"
	"testing"

	"bones-tui/hub/proc"
)

func loopbackPair(tb testing.TB, network, addr string) (server, client *net.TCPConn) {
	tb.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		tb.Skipf("no %s here: %v", addr, err)
	}
	defer l.Close()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close(); s.Close() })
	return s.(*net.TCPConn), c.(*net.TCPConn)
}

func TestPeerUIDIsOurOwnForOurConnection(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		server, _ := loopbackPair(t, "tcp", addr)
		uid, ok := proc.PeerUID(server.LocalAddr(), server.RemoteAddr())
		if !ok || uid != os.Getuid() {
			t.Errorf("%s: uid %d, %v; want %d, true", addr, uid, ok, os.Getuid())
		}
	}
}

func TestPeerUIDIsUnknownOnceThePeerHasClosed(t *testing.T) {
	server, client := loopbackPair(t, "tcp", "127.0.0.1:0")
	if _, err := client.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	client.Close()
	if uid, ok := proc.PeerUID(server.LocalAddr(), server.RemoteAddr()); ok {
		t.Errorf("uid %d for a socket that nobody holds", uid)
	}
}

func BenchmarkPeerUID(b *testing.B) {
	server, _ := loopbackPair(b, "tcp", "127.0.0.1:0")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := proc.PeerUID(server.LocalAddr(), server.RemoteAddr()); !ok {
			b.Fatal("peer unknown")
		}
	}
}
