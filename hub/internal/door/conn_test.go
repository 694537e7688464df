package door_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bones-tui/hub/internal/door"
)

// pipes is a listener of connections in memory, whose time is that of the test.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// web is an HTTP server behind a door of a few places.
type web struct {
	*testing.T
	notes
	pipes pipes
}

// serveWeb runs test with a server that reads each body with a deadline, as Fossil's does.
func serveWeb(t *testing.T, most int, test func(w *web)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &web{T: t, pipes: make(pipes)}
		srv := &http.Server{IdleTimeout: 30 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			q.Context().Value(connKey{}).(*door.Conn).Serve()
			ctl := http.NewResponseController(w)
			_ = ctl.SetReadDeadline(time.Now().Add(time.Hour))
			n, err := io.Copy(io.Discard, q.Body)
			_ = ctl.SetReadDeadline(time.Time{})
			if err != nil {
				return
			}
			if q.URL.Path == "/long" {
				time.Sleep(time.Hour)
			}
			if q.Context().Err() != nil {
				t.Error("the request was called off while it was answered")
			}
			_, _ = w.Write([]byte("hi" + strings.Repeat("!", int(n))))
		})}
		srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
		srv.ConnState = func(c net.Conn, s http.ConnState) {
			if s == http.StateIdle {
				c.(*door.Conn).Wait()
			}
		}
		l := door.New("web", true, w.told).Listener(w.pipes, limits(most, &w.notes))
		go func() { _ = srv.Serve(l) }()
		test(w)
		_ = srv.Close()
		time.Sleep(2 * time.Hour) // whoever sleeps finds out
	})
}

type connKey struct{}

// client is one connection to it.
type client struct {
	t    *testing.T
	conn net.Conn
}

func (w *web) dial() *client {
	w.Helper()
	ours, theirs := net.Pipe()
	w.pipes <- ours
	synctest.Wait()
	return &client{w.T, theirs}
}

// say sends text, slowly.
func (c *client) say(text string, pause time.Duration) error {
	for i := range len(text) {
		if _, err := c.conn.Write([]byte(text[i : i+1])); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	return nil
}

// answered reports whether there is an answer.
func (c *client) answered() bool {
	resp, err := http.ReadResponse(bufio.NewReader(c.conn), nil)
	if err != nil {
		return false
	}
	b, err := io.ReadAll(resp.Body)
	return err == nil && strings.HasPrefix(string(b), "hi")
}

const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

func TestTimeUntilARequestIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		silent, pause time.Duration // before the first byte, after each
		text          string
		cut           door.Reason // "" if it is answered
	}{
		"at once":             {0, 0, get, ""},
		"after most of it":    {59 * time.Second, 0, get, ""},
		"slow, but in time":   {59 * time.Second, 300 * time.Millisecond, get, ""},
		"silent":              {61 * time.Second, 0, get, door.Silent},
		"a byte now and then": {0, time.Second, get, door.Slow},
		"long and steady":     {0, time.Millisecond, "GET / HTTP/1.1\r\nHost: x\r\nA: " + strings.Repeat("a", 100_000) + "\r\n\r\n", ""},
		"no request":          {0, 0, "\x16\x03\x01\x02nonsense\r\n", door.Broken},
		"a long answer":       {50 * time.Second, 0, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			serveWeb(t, 8, func(w *web) {
				c1 := w.dial()
				time.Sleep(c.silent)
				err := c1.say(c.text, c.pause)
				if answered := err == nil && c1.answered(); answered != (c.cut == "") {
					t.Errorf("answered: %v (%v)", answered, err)
				}
				if c.cut == "" && c.pause == 0 { // and once more
					if err := c1.say(get, 0); err != nil || !c1.answered() {
						t.Errorf("a second request is not answered: %v", err)
					}
				}
				_ = c1.conn.Close()
				synctest.Wait()
				if c.cut == "" && len(w.list) > 0 || c.cut != "" && (len(w.list) != 1 || !w.has(string(c.cut))) {
					t.Errorf("told %q, want %q", w.list, c.cut)
				}
			})
		})
	}
}

func TestAnIdleConnectionEndsWithoutAWord(t *testing.T) {
	serveWeb(t, 8, func(w *web) {
		c := w.dial()
		if err := c.say(get, 0); err != nil || !c.answered() {
			t.Fatal("no answer")
		}
		time.Sleep(time.Hour)
		if c.say("G", 0) == nil || len(w.list) > 0 {
			t.Errorf("it is still there, or told: %q", w.list)
		}
	})
}

// Who keeps the server waiting makes room for others, the longest first; who is served stays.
func TestSlowConnectionsMakeRoom(t *testing.T) {
	serveWeb(t, 4, func(w *web) {
		served := w.dial()
		if err := served.say("GET /long HTTP/1.1\r\nHost: x\r\n\r\n", 0); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		oldest := w.dial()
		time.Sleep(time.Second)
		younger := w.dial()
		time.Sleep(time.Second)
		begun := w.dial()
		if err := begun.say("GET / HT", 0); err != nil {
			t.Fatal(err)
		}
		next := func(cut *client) {
			t.Helper()
			c := w.dial()
			if cut.say("G", 0) == nil {
				t.Error("the wrong one was cut")
			}
			if err := c.say(get, 0); err != nil || !c.answered() {
				t.Errorf("who comes next is not served: %v", err)
			}
			_ = c.conn.Close()
			synctest.Wait()
			oldest = w.dial()
		}
		next(oldest)
		time.Sleep(time.Second)
		next(begun) // has used a tenth of its time
		next(younger)
		if !served.answered() {
			t.Error("who was served was cut")
		}
		if !w.has(string(door.Crowded)) {
			t.Errorf("told %q", w.list)
		}
	})
}

// Bodies that come a byte at a time hold their places only as long as nobody wants them.
func TestSlowBodiesMakeRoom(t *testing.T) {
	serveWeb(t, 2, func(w *web) {
		const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
		var slow []*client
		for range 2 {
			c := w.dial()
			if err := c.say(post, 0); err != nil {
				t.Fatal(err)
			}
			go func() { _ = c.say(strings.Repeat("x", 100), time.Second) }()
			slow = append(slow, c)
		}
		begun := time.Now()
		c := w.dial()
		if err := c.say(get, 0); err != nil || !c.answered() {
			t.Fatalf("not served: %v", err)
		}
		if took := time.Since(begun); took > 11*time.Second {
			t.Errorf("served after %v", took)
		}
		for _, c := range slow {
			_ = c.conn.Close()
		}
	})
}
