// Package health asks a Fossil server whether it is well.
package health

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Prober asks a Fossil URL for its health over one kept connection. The zero
// value is ready.
type Prober struct {
	transport http.Transport

	mu    sync.Mutex
	asked time.Time
	took  time.Duration
}

// Recent is ask, or the answer that came at most d ago: our own listener needs no
// question a second, because the hub ends when it fails.
func (p *Prober) Recent(ctx context.Context, url string, limit, d time.Duration) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) < d {
		return p.took, nil
	}
	took, err := p.Ask(ctx, url, limit)
	if err == nil {
		p.asked, p.took = time.Now(), took
	}
	return took, err
}

// Within is how soon a hub must answer to count as up.
const Within = 500 * time.Millisecond

// For is how long a hub believes an answer of its own.
const For = 5 * time.Second

// maxAnswer is more than the answer takes, bytes.
const maxAnswer = 1 << 10

// Ask returns how long the answer took, at most limit.
func (p *Prober) Ask(ctx context.Context, url string, limit time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", http.NoBody)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	resp, err := p.transport.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // a body read to its end keeps the connection
	_ = resp.Body.Close()
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("health check answered %s", resp.Status)
	}
	return time.Since(begin), nil
}

// Close lets go of the connection.
func (p *Prober) Close() { p.transport.CloseIdleConnections() }
