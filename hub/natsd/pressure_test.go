//go:build unix

package natsd_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/natsd"
)

// lines keeps the server's lines.
type lines struct {
	mu   sync.Mutex
	list []natsd.Line
}

func (l *lines) add(line natsd.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, line)
}

// causes returns how many lines there are for each cause of lines with the text.
func (l *lines) causes(text string) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := map[string]int{}
	for _, line := range l.list {
		if strings.Contains(line.Text, text) && (line.Level == "WARN" || line.Level == "ERROR") {
			n[line.Cause]++
		}
	}
	return n
}

// raw is a client that says something and reads no more than the answer to it.
func raw(t *testing.T, s *natsd.Server, say string) string {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReaderSize(c, 16)
	_, _ = r.ReadString('\n') // INFO
	fmt.Fprint(c, say)
	line, err := r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// Clients that do not read are cut off when all together hold too much, the one with most
// first; others go on.
func TestWhatWaitsForAllClientsIsBounded(t *testing.T) {
	var log lines
	s := start(t, natsd.Config{Log: log.add})
	for i := range 12 {
		if got := raw(t, s, fmt.Sprintf("CONNECT {\"verbose\":false,\"name\":\"frozen-%d\"}\r\nSUB news 1\r\nPING\r\n", i)); got != "PONG\r\n" {
			t.Fatal(got)
		}
	}
	nc, err := nats.Connect(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	reader, err := nc.SubscribeSync("small")
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for len(log.causes("which has left")) == 0 { // each holds less than it alone may
		if time.Now().After(deadline) {
			t.Fatal("nobody is cut off")
		}
		if st, _, err := s.Sample(); err != nil || st.Connections <= 1 {
			t.Fatalf("%d connections, %v: each has reached its own limit", st.Connections, err)
		}
		if err := nc.Publish("news", make([]byte, 2<<20)); err != nil {
			t.Fatal(err)
		}
		if err := nc.FlushTimeout(10 * time.Second); err != nil {
			t.Fatal(err)
		}
	}
	if st, _, err := s.Sample(); err != nil || st.SlowConsumers == 0 {
		t.Errorf("counted: %d, %v", st.SlowConsumers, err)
	}
	if err := nc.Publish("small", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := reader.NextMsg(10 * time.Second); err != nil {
		t.Errorf("who reads: %v", err)
	}
}

// What differs from client to client is no part of the cause, so that repetitions can be
// counted.
func TestLinesOfManyClientsHaveOneCause(t *testing.T) {
	var log lines
	s := start(t, natsd.Config{Log: log.add, Admit: everyone})
	for i := range 20 {
		raw(t, s, fmt.Sprintf("CONNECT {\"verbose\":false,\"name\":\"it's \\\"%d\"}\r\nNONSENSE%d '\"\r\n", i, i))
		raw(t, s, fmt.Sprintf("GARBAGE %d\r\n", i))
	}
	await(t, "all lines", func() bool {
		n := 0
		for _, k := range log.causes("parser ERROR") {
			n += k
		}
		return n >= 20
	})
	if got := log.causes("parser ERROR"); len(got) > 3 {
		t.Errorf("%d causes: %v", len(got), got)
	}
}
