package fossil

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/semaphore"

	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/xfer"
)

// HandlerOptions say whom the handler serves.
type HandlerOptions struct {
	Hosts   []string    // exact values of the Host header that are served, e.g. "127.0.0.1:8080"
	OnError func(error) // told of failures that are ours, not the client's; may be nil
	// OnReject is told of each request that is not served, in a few words that are the same
	// for all that have done the same wrong, and what it was; may be nil.
	OnReject func(wrong string, detail error)
}

// NewServer returns an HTTP server for h that does not let slow or greedy
// peers hold on to it. Handler extends the times for large messages.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}

// Handler serves the repository: sync messages by POST to any path, a page for
// people at "/", and "/healthz". Requests for another host, from a foreign web page, or of
// another content type are refused; a browser can do no harm.
func (r *Repo) Handler(o HandlerOptions) http.Handler {
	h := &handler{
		repo: r, options: o, working: make(places, maxAtOnce), large: make(places, maxLarge),
		outbox: outbox{semaphore.NewWeighted(maxWaiting)},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("GET /{$}", h.page)
	mux.Handle("GET /", http.NotFoundHandler())
	mux.HandleFunc("POST /", h.sync)
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(h.foreign))
	return h.guard(sameOrigin.Handler(mux))
}

type handler struct {
	repo    *Repo
	options HandlerOptions
	working places
	large   places
	outbox  outbox
}

// reject tells of a request that is not served.
func (h *handler) reject(wrong string, detail error) {
	if h.options.OnReject != nil {
		h.options.OnReject(wrong, detail)
	}
}

// foreign answers a request that another site's page has made a browser send.
func (h *handler) foreign(w http.ResponseWriter, q *http.Request) {
	h.reject("a web page of another origin", fmt.Errorf("%q", q.Header.Get("Origin")))
	http.Error(w, "requests of other origins are not served", http.StatusForbidden)
}

// guard refuses requests that were meant for another host: a name that
// somebody made point here.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !slices.Contains(h.options.Hosts, q.Host) {
			h.reject("a request for another host", fmt.Errorf("%q", q.Host))
			http.Error(w, "this host is not served here", http.StatusMisdirectedRequest)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, q)
	})
}

func (h *handler) health(w http.ResponseWriter, _ *http.Request) {
	if why := h.repo.unavailable(); why != "" {
		http.Error(w, why, http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n") // the client has gone
}

// unavailable says why there is nothing to see, "" if there is.
func (r *Repo) unavailable() string {
	if reason := r.refusing.Load(); reason != nil {
		return *reason
	}
	if !r.ready.Load() {
		return "not ready"
	}
	return ""
}

// sync answers a message. Clients do not look at the status, so whatever is
// wrong with the message itself is told in an error card with status 200.
func (h *handler) sync(w http.ResponseWriter, q *http.Request) {
	enc, ok := xfer.EncodingOf(q.Header.Get("Content-Type"))
	if !ok {
		h.reject("a content type that is not of sync messages", fmt.Errorf("%q", q.Header.Get("Content-Type")))
		http.Error(w, "only fossil sync messages are taken", http.StatusUnsupportedMediaType)
		return
	}
	if !h.repo.ready.Load() {
		writeError(w, enc, "hub is not ready")
		return
	}
	own := size{large: h.large}
	defer own.leave()
	body, err := readMessage(w, q, &own)
	if err != nil {
		h.reject("a body that cannot be read", err)
		writeError(w, enc, "cannot read request: "+err.Error())
		return
	}
	h.answer(w, q, body, enc, &own)
}

// answer works on a message and writes the reply.
func (h *handler) answer(w http.ResponseWriter, q *http.Request, body []byte, enc xfer.Encoding, own *size) {
	ctx := q.Context()
	if !h.working.enter(ctx) {
		return
	}
	reply, err := h.work(ctx, body, enc, peerAddr(q), own)
	h.working.leave()
	switch {
	case ctx.Err() != nil:
	case err != nil && h.options.OnError != nil:
		h.options.OnError(err)
	case err == nil && reply.Problem != nil:
		h.reject("a sync message", reply.Problem)
	}
	leave, ok := h.outbox.enter(ctx, len(reply.Body))
	if !ok {
		return
	}
	writeReply(w, reply.Encoding, reply.Body)
	leave()
	if reply.Ahead != nil && h.working.try() {
		defer h.working.leave()
		reply.Ahead(context.WithoutCancel(ctx)) // the client hangs up when it has the reply
	}
}

// work has a message answered. One that turns out to be large waits for its place.
func (h *handler) work(ctx context.Context, body []byte, enc xfer.Encoding, addr string, own *size) (serve.Reply, error) {
	if !own.has {
		reply, err := h.repo.handle(ctx, body, enc, Peer{Addr: addr}, smallPlain)
		if !errors.Is(reply.Problem, xfer.ErrBudget) {
			return reply, err
		}
		h.working.leave() // or small ones would wait for large ones
		grown := own.grow(ctx)
		h.working <- struct{}{}
		if !grown {
			return reply, err
		}
	}
	return h.repo.handle(ctx, body, enc, Peer{Addr: addr}, maxPlain)
}
