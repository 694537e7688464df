package fossil_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bones-tui/hub/fossil"
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

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// The fossil program connects, makes its message, and then says the first word; and believes
// in success whatever becomes of the connection.
func TestAClientMayTakeMinutesToBegin(t *testing.T) {
	for _, pause := range []time.Duration{6 * time.Second, time.Minute, 5 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			r := newRepo(t)
			r.SetReady(true)
			srv := fossil.NewServer(r.Handler(fossil.HandlerOptions{Hosts: []string{testHost}, OnFailure: ours(t)}))
			l := make(pipes)
			go func() { _ = srv.Serve(l) }()
			ours, theirs := net.Pipe()
			l <- ours
			time.Sleep(pause) // takes no time: that of the test passes at once
			body := "push x " + r.ProjectCode() + "\n"
			_, err := fmt.Fprintf(theirs, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-fossil-debug\r\nContent-Length: %d\r\n\r\n%s", testHost, len(body), body)
			if err != nil {
				t.Fatalf("after %v: %v", pause, err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(theirs), nil)
			if err != nil {
				t.Fatalf("after %v: %v", pause, err)
			}
			if text := readBody(t, resp); resp.StatusCode != 200 || strings.Contains(text, "internal") {
				t.Errorf("after %v: %d %q", pause, resp.StatusCode, text)
			}
			_ = theirs.Close()
			close(l)
			if err := srv.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}
