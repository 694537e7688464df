package main

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// canned repeats what a hub has answered during one clone: a server that costs
// nothing. What a clone from it takes is the client's own time.
type canned struct {
	hub http.Handler

	mu      sync.Mutex
	ready   bool // a clone was recorded
	replies []answer
	at      int
}

// answer is a reply, and what a handler writes it to.
type answer struct {
	header http.Header
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter; it is always 200.
func (a *answer) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// over makes c answer for a hub.
func (c *canned) over(hub http.Handler) http.Handler {
	c.hub = hub
	return c
}

// ServeHTTP implements http.Handler.
func (c *canned) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ready {
		c.replies = append(c.replies, answer{header: http.Header{}})
		c.hub.ServeHTTP(&c.replies[c.at], q)
	}
	_, _ = io.Copy(io.Discard, q.Body) // closing before the request is read would cut the reply
	a := &c.replies[c.at%len(c.replies)]
	c.at++
	w.Header().Set("Content-Type", a.header.Get("Content-Type"))
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	_, _ = w.Write(a.body.Bytes()) // or the client has gone
}

// replay ends the recording.
func (c *canned) replay() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready = true
}
