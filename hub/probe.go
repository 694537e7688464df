package hub

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// prober asks a Fossil URL for its health over one kept connection. The zero
// value is ready.
type prober struct{ transport http.Transport }

// ask returns how long the answer took.
func (p *prober) ask(ctx context.Context, url string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
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
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("health check answered %s", resp.Status)
	}
	return time.Since(begin), nil
}

func (p *prober) close() { p.transport.CloseIdleConnections() }
