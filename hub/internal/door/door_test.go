package door_test

import (
	"bytes"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"bones-tui/hub/internal/door"
)

// notes keeps what a door tells.
type notes struct {
	mu   sync.Mutex
	list []string
}

func (n *notes) told(cause, _ string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, cause)
}

// limits has who is cut noted.
func limits(most int, n *notes) door.Limits {
	return door.Limits{
		Most: most, Patience: door.Patience{First: time.Minute, Header: 10 * time.Second},
		Cut: func(_ net.Addr, why door.Reason) { n.told(string(why), "") },
	}
}

func (n *notes) has(cause string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Contains(n.list, cause)
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// greet answers each connection with a line, and keeps it.
func greet(l net.Listener) (ended <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.(*door.Conn).Serve()
			_, _ = c.Write([]byte("hi"))
			go func() {
				_, _ = c.Read(make([]byte, 1)) // until the client goes
				_ = c.Close()
			}()
		}
	}()
	return done
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// greeted reports whether the connection is served within the time.
func greeted(c net.Conn, within time.Duration) bool {
	_ = c.SetReadDeadline(time.Now().Add(within))
	b := make([]byte, 2)
	n, _ := c.Read(b)
	return bytes.Equal(b[:n], []byte("hi"))
}

func TestMoreConnectionsThanPlacesWait(t *testing.T) {
	var n notes
	l := door.New("web", true, n.told).Listener(listen(t), limits(2, &n))
	ended := greet(l)
	first, second, third := dial(t, l), dial(t, l), dial(t, l)
	if !greeted(first, 10*time.Second) || !greeted(second, 10*time.Second) {
		t.Fatal("who has a place is not served")
	}
	if greeted(third, 50*time.Millisecond) {
		t.Error("who has no place is served")
	}
	if !n.has("web: all 2 connections are in use; others wait") {
		t.Errorf("told: %q", n.list)
	}
	_ = first.Close()
	if !greeted(third, 10*time.Second) {
		t.Error("a place that is free again goes to nobody")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	<-ended // although all places are taken
}

func TestTheHubsOwnUserIsAdmitted(t *testing.T) {
	if !door.PeersKnown(t.Context()) {
		t.Skip("SKIPPED: this system does not tell whose a connection is")
	}
	var n notes
	d := door.New("web", false, n.told)
	l := d.Listener(listen(t), limits(8, &n))
	ended := greet(l)
	if !greeted(dial(t, l), 10*time.Second) || d.Refused() > 0 {
		t.Errorf("refused: %d, %q", d.Refused(), n.list)
	}
	_ = l.Close()
	<-ended
	elsewhere := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} // nobody's
	if d.Admit(l.Addr(), elsewhere) || d.Refused() != 1 || len(n.list) != 1 {
		t.Errorf("who is not known is admitted; refused %d, told %q", d.Refused(), n.list)
	}
}
