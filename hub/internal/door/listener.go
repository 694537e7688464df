package door

import (
	"fmt"
	"net"
	"sync"
	"time"
)

// Limits say what a listener gives to those whom its door admits.
type Limits struct {
	Most     int // connections at a time
	Patience Patience
	// Cut is told of each connection that is cut because of what it has not sent, or that ends
	// in the middle of a request.
	Cut func(peer net.Addr, why Reason)
}

// Listener returns a listener of those whom the door admits. When all places are taken, the
// connection that has used up most of its time to send something is cut for the next one; if
// all are being served, more wait, unanswered, until others have gone. Its connections are of
// type *Conn; the server tells them when it serves them. Closing it closes l.
func (d *Door) Listener(l net.Listener, limits Limits) net.Listener {
	return &listener{
		Listener: l, door: d, limits: limits, here: map[*Conn]struct{}{},
		places: make(chan struct{}, limits.Most), closed: make(chan struct{}),
	}
}

type listener struct {
	net.Listener
	door   *Door
	limits Limits
	places chan struct{} // holds a token for each connection
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	here map[*Conn]struct{}
}

// Accept returns the next connection that is admitted.
func (l *listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !l.door.Admit(raw.LocalAddr(), raw.RemoteAddr()) {
			_ = raw.Close()
			continue
		}
		if !l.enter() {
			_ = raw.Close()
			return nil, net.ErrClosed
		}
		c := &Conn{Conn: raw, listener: l, since: time.Now()}
		l.mu.Lock()
		l.here[c] = struct{}{}
		l.mu.Unlock()
		return c, nil
	}
}

// lookAgain is how soon a connection without a place is tried again.
const lookAgain = 50 * time.Millisecond

// enter waits for a place, until the listener is closed.
func (l *listener) enter() bool {
	select {
	case l.places <- struct{}{}: // also of a listener that is closed by now: who was accepted is served
		return true
	default:
	}
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for told := false; ; {
		if !l.makeRoom() && !told {
			l.door.tell(fmt.Sprintf("all %d connections are in use; others wait", cap(l.places)))
			told = true
		}
		select {
		case l.places <- struct{}{}:
			return true
		case <-l.closed:
			return false
		case <-again.C:
		}
	}
}

// makeRoom cuts the connection that has used up most of its time, if one may be cut.
func (l *listener) makeRoom() bool {
	now := time.Now()
	var worst *Conn
	var most float64
	l.mu.Lock()
	for c := range l.here {
		if used := c.used(now); used > most {
			worst, most = c, used
		}
	}
	l.mu.Unlock()
	return worst != nil && worst.cut(Crowded)
}

func (l *listener) left(c *Conn) {
	l.mu.Lock()
	delete(l.here, c)
	l.mu.Unlock()
	<-l.places
}

func (l *listener) isClosed() bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

// Close ends Accept.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}
