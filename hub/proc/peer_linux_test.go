package proc_test

import (
	"net"
	"os"
	"syscall"
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

func TestPeerUIDIsTheOtherUsersForTheirs(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to be another user")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd := helper(t, "dial "+l.Addr().String())
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { in.Close(); _ = cmd.Wait() }()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if uid, ok := proc.PeerUID(server.LocalAddr(), server.RemoteAddr()); !ok || uid != 65534 {
		t.Errorf("uid %d, %v", uid, ok)
	}
}

func TestPeerUIDIsUnknownForWhatIsNoLoopbackConnection(t *testing.T) {
	server, _ := loopbackPair(t, "tcp", "127.0.0.1:0")
	local := server.LocalAddr().(*net.TCPAddr)
	for name, ends := range map[string][2]net.Addr{
		"no such connection": {local, &net.TCPAddr{IP: local.IP, Port: 1}},
		"swapped families":   {local, &net.TCPAddr{IP: net.IPv6loopback, Port: 1}},
		"off loopback":       {local, &net.TCPAddr{IP: net.IPv4(203, 0, 113, 7), Port: 1}},
		"not TCP":            {local, &net.UnixAddr{Name: "x"}},
		"pipe":               {&net.TCPAddr{}, nil},
	} {
		if uid, ok := proc.PeerUID(ends[0], ends[1]); ok {
			t.Errorf("%s: uid %d", name, uid)
		}
	}
}

func TestPeerUIDTakesNoListenerForThePeer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	gone := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	if uid, ok := proc.PeerUID(gone, l.Addr()); ok {
		t.Errorf("uid %d of a listener", uid)
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
