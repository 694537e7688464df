package fossil

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"bones-tui/hub/fossil/internal/xfer"
)

// Transport carries one sync message to a server and its reply back. The reply
// may be in any framing. A Transport is used for one message at a time.
type Transport interface {
	RoundTrip(ctx context.Context, msg []byte) ([]byte, error)
}

// maxReply bounds a reply, in bytes: its body, and its cards before their
// payloads are expanded.
const maxReply = 512 << 20

// NewHTTPTransport returns a transport to the Fossil server at url. It keeps
// no connection open between messages.
func NewHTTPTransport(url string) Transport {
	return &httpTransport{url: url, client: &http.Client{Transport: &http.Transport{
		Proxy:             http.ProxyFromEnvironment,
		DisableKeepAlives: true,
	}}}
}

type httpTransport struct {
	url    string
	client *http.Client
}

// RoundTrip implements Transport.
func (t *httpTransport) RoundTrip(ctx context.Context, msg []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(msg))
	if err != nil {
		return nil, fmt.Errorf("fossil: request: %w", err)
	}
	req.Header.Set("Content-Type", xfer.Compressed.ContentType())
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fossil: request: %w", err)
	}
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("fossil: read reply: %w", err)
	}
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: status %s", ErrProtocol, resp.Status)
	case len(reply) > maxReply:
		return nil, fmt.Errorf("%w: reply of more than %d bytes", ErrProtocol, maxReply)
	}
	return reply, nil
}

// NewRequestTransport returns a transport over any request and reply function,
// such as a NATS request on a subject where a hub answers with HandleSync.
func NewRequestTransport(request func(ctx context.Context, msg []byte) ([]byte, error)) Transport {
	return requestTransport(request)
}

type requestTransport func(ctx context.Context, msg []byte) ([]byte, error)

// RoundTrip implements Transport.
func (t requestTransport) RoundTrip(ctx context.Context, msg []byte) ([]byte, error) {
	reply, err := t(ctx, msg)
	if err != nil {
		return nil, fmt.Errorf("fossil: request: %w", err)
	}
	if len(reply) == 0 {
		return nil, fmt.Errorf("%w: empty reply", ErrProtocol)
	}
	return reply, nil
}
