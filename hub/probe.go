package hub

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// prober asks a Fossil URL for its health over one kept connection. The zero
// value is ready.
type prober struct{ transport http.Transport }

// healthWithin is how soon a hub must answer to count as up.
const healthWithin = 500 * time.Millisecond

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
