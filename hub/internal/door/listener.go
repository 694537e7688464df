package door

import (
	"fmt"
	"net"
	"sync"
)

// Listener returns a listener of those whom the door admits, at most most at a time: more
// wait, unanswered, until others have gone. Closing it closes l.
func (d *Door) Listener(l net.Listener, most int) net.Listener {
	return &listener{Listener: l, door: d, places: make(chan struct{}, most), closed: make(chan struct{})}
}

type listener struct {
	net.Listener
	door   *Door
	places chan struct{} // holds a token for each connection
	closed chan struct{}
	once   sync.Once
}

// Accept returns the next connection that is admitted.
func (l *listener) Accept() (net.Conn, error) {
	if !l.enter() {
		return nil, net.ErrClosed
	}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.leave()
			return nil, err
		}
		if l.door.Admit(c.LocalAddr(), c.RemoteAddr()) {
			return &conn{Conn: c, leave: sync.OnceFunc(l.leave)}, nil
		}
		_ = c.Close()
	}
}

// enter waits for a place, until the listener is closed.
func (l *listener) enter() bool {
	select {
	case l.places <- struct{}{}:
		return true
	case <-l.closed:
		return false
	default:
	}
	l.door.tell(fmt.Sprintf("all %d connections are in use; others wait", cap(l.places)))
	select {
	case l.places <- struct{}{}:
		return true
	case <-l.closed:
		return false
	}
}

func (l *listener) leave() { <-l.places }

// Close ends Accept.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
