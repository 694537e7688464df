package hub

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// prober asks a Fossil URL for its health over one kept connection. The zero
// value is ready.
type prober struct {
	transport http.Transport

	mu    sync.Mutex
	asked time.Time
	took  time.Duration
}

// recent is ask, or the answer that came at most d ago: our own listener needs no
// question a second, because the hub ends when it fails.
func (p *prober) recent(ctx context.Context, url string, limit, d time.Duration) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) < d {
		return p.took, nil
	}
	took, err := p.ask(ctx, url, limit)
	if err == nil {
		p.asked, p.took = time.Now(), took
	}
	return took, err
}

// healthWithin is how soon a hub must answer to count as up.
const healthWithin = 500 * time.Millisecond

// healthFor is how long a hub believes an answer of its own.
const healthFor = 5 * time.Second

// healthLength is more than the answer takes, bytes.
const healthLength = 1 << 10

// ask returns how long the answer took, at most limit.
func (p *prober) ask(ctx context.Context, url string, limit time.Duration) (time.Duration, error) {
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
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, healthLength)) // a body read to its end keeps the connection
	_ = resp.Body.Close()
	if err != nil {
		return 0, err
	}
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("health check answered %s", resp.Status)
	}
	return time.Since(begin), nil
}

func (p *prober) close() { p.transport.CloseIdleConnections() }
