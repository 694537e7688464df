package door

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// Patience says how long a connection may take to send what is waited for.
type Patience struct {
	// First is how long it may send nothing: clients connect first and make their message then.
	First time.Duration
	// Header is how long a request may take from its first byte to the end of its header, and a
	// body to be called slow when places are short. To each a second is added for a number of
	// bytes that have come.
	Header time.Duration
}

// Bytes that earn a second: of a header, of a body.
const (
	headerRate = 1 << 10
	bodyRate   = 64 << 10
)

// Reason is why a connection was cut.
type Reason string

// The reasons.
const (
	Silent  Reason = "it has sent nothing for too long"
	Slow    Reason = "its request comes too slowly"
	Crowded Reason = "all places were taken, and it has kept the hub waiting for longer than others"
	Broken  Reason = "it ended before its request had come, or that was none"
)

// Conn is a connection that has a place. It keeps its own time until a request is there;
// then the server's deadlines are in force.
type Conn struct {
	net.Conn
	listener *listener

	mu       sync.Mutex
	since    time.Time // the wait for a request, or the request, began
	first    time.Time // the first byte of the request came; zero if none has
	got      int64     // bytes of it
	serving  bool      // the header is complete, and the answer is not
	deadline time.Time // the server's, for reading
	ended    bool
}

// Serve says that the header of a request is complete.
func (c *Conn) Serve() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving, c.since, c.got = true, time.Now(), 0
	_ = c.Conn.SetReadDeadline(c.deadline) // a closed one is found out by whoever reads
}

// Wait says that the answer is complete, and another request may come.
func (c *Conn) Wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serving, c.since, c.first, c.got = false, time.Now(), time.Time{}, 0
}

// Read reads, while there is time.
func (c *Conn) Read(b []byte) (int, error) {
	c.mu.Lock()
	if !c.serving {
		_ = c.Conn.SetReadDeadline(c.earlier(c.deadline)) // a closed one fails to read
	}
	c.mu.Unlock()
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	c.got += int64(n)
	if n > 0 && c.first.IsZero() {
		c.first = time.Now()
	}
	why := Slow
	if c.first.IsZero() {
		why = Silent
	}
	// An idle connection that the server's own deadline ends has done nothing wrong.
	late := !c.serving && errors.Is(err, os.ErrDeadlineExceeded) && !time.Now().Before(c.limit())
	c.mu.Unlock()
	if late {
		c.cut(why)
	}
	return n, err
}

// limit is when the header must be complete, or its first byte be there.
func (c *Conn) limit() time.Time {
	p := c.listener.limits.Patience
	if c.first.IsZero() {
		return c.since.Add(p.First)
	}
	return c.first.Add(allowed(p.Header, c.got, headerRate))
}

func allowed(base time.Duration, got, rate int64) time.Duration {
	return base + time.Duration(got)*time.Second/time.Duration(rate)
}

// earlier is the server's deadline or our own.
func (c *Conn) earlier(deadline time.Time) time.Time {
	if own := c.limit(); deadline.IsZero() || own.Before(deadline) {
		return own
	}
	return deadline
}

// SetReadDeadline sets the server's deadline.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	if !c.serving {
		t = c.earlier(t)
	}
	return c.Conn.SetReadDeadline(t)
}

// SetDeadline sets the server's deadline for both directions.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// used returns how much of its time a connection has used up, as a share of it: of the time in
// which it should send something. It is 0 if the connection may not be cut. A request that the server waits for with a deadline is still
// coming; it may be cut once it comes too slowly.
func (c *Conn) used(now time.Time) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.listener.limits.Patience
	switch {
	case c.ended:
		return 0
	case c.serving && c.deadline.IsZero():
		return 0
	case c.serving:
		if part := float64(now.Sub(c.since)) / float64(allowed(p.Header, c.got, bodyRate)); part > 1 {
			return part
		}
		return 0
	case c.first.IsZero():
		return float64(now.Sub(c.since)+1) / float64(p.First)
	default:
		return float64(now.Sub(c.first)+1) / float64(allowed(p.Header, c.got, headerRate))
	}
}

// cut ends the connection, unless it has ended.
func (c *Conn) cut(why Reason) bool {
	if !c.end() {
		return false
	}
	c.listener.limits.Cut(c.RemoteAddr(), why)
	_ = c.Conn.Close() // it is of no use any more
	c.listener.left(c)
	return true
}

// Close closes the connection and gives its place back.
func (c *Conn) Close() error {
	c.mu.Lock()
	broken := !c.serving && !c.first.IsZero()
	c.mu.Unlock()
	if !c.end() {
		return net.ErrClosed
	}
	if broken && !c.listener.isClosed() {
		c.listener.limits.Cut(c.RemoteAddr(), Broken)
	}
	defer c.listener.left(c)
	return c.Conn.Close()
}

// end reports whether the connection ends now and here.
func (c *Conn) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.ended
	c.ended = true
	return !was
}
