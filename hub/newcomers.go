package hub

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"bones-tui/hub/internal/door"
)

// newcomers are the connections to an HTTP server whose first request has not come yet.
// Server.Shutdown would hang up on them without an answer, even after it has read the
// request.
type newcomers struct {
	mu   sync.Mutex
	here map[net.Conn]bool
	none chan struct{} // closed when there is none, once somebody waits for that
}

// newcomerKey finds a request's connection in its context.
type newcomerKey struct{}

// watch has the newcomers of s counted, and its connections told what they are waited for. s
// must not serve yet.
func (n *newcomers) watch(s *http.Server) {
	n.here = map[net.Conn]bool{}
	next := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if c, ok := q.Context().Value(newcomerKey{}).(net.Conn); ok {
			n.left(c)
			if c, ok := c.(*door.Conn); ok {
				c.Serve()
			}
		}
		next.ServeHTTP(w, q)
	})
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, newcomerKey{}, c)
	}
	s.ConnState = func(c net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			n.mu.Lock()
			n.here[c] = true
			n.mu.Unlock()
		case http.StateClosed, http.StateHijacked:
			n.left(c)
		case http.StateIdle:
			if c, ok := c.(*door.Conn); ok {
				c.Wait()
			}
		case http.StateActive: // it is told apart by its handler
		}
	}
}

func (n *newcomers) left(c net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.here, c)
	if len(n.here) == 0 && n.none != nil {
		close(n.none)
		n.none = nil
	}
}

// newcomersWithin bounds the wait for who has connected and says nothing.
const newcomersWithin = time.Second

// settle waits until there are none. Nobody may be accepted any more.
func (n *newcomers) settle(ctx context.Context) {
	n.mu.Lock()
	if len(n.here) == 0 {
		n.mu.Unlock()
		return
	}
	none := make(chan struct{})
	n.none = none
	n.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, newcomersWithin)
	defer cancel()
	select {
	case <-none:
	case <-ctx.Done():
	}
}
