package fossil

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"bones-tui/hub/fossil/internal/xfer"
)

// HandlerOptions say whom the handler serves.
type HandlerOptions struct {
	Hosts   []string    // exact values of the Host header that are served, e.g. "127.0.0.1:8080"
	OnError func(error) // told of failures that are ours, not the client's; may be nil
}

// maxAtOnce bounds the messages that are worked on at the same time, and with
// it the memory they can take.
const maxAtOnce = 8

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
	h := &handler{repo: r, options: o, slots: make(chan struct{}, maxAtOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", h.health)
	mux.HandleFunc("GET /{$}", h.page)
	mux.Handle("GET /", http.NotFoundHandler())
	mux.HandleFunc("POST /", h.sync)
	return h.guard(http.NewCrossOriginProtection().Handler(mux))
}

type handler struct {
	repo    *Repo
	options HandlerOptions
	slots   chan struct{}
}

// guard refuses requests that were meant for another host: a name that
// somebody made point here.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !slices.Contains(h.options.Hosts, q.Host) {
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
		http.Error(w, "only fossil sync messages are taken", http.StatusUnsupportedMediaType)
		return
	}
	if !h.repo.ready.Load() {
		writeError(w, enc, "hub is not ready")
		return
	}
	body, err := readMessage(w, q)
	if err != nil {
		writeError(w, enc, "cannot read request: "+err.Error())
		return
	}
	if !h.enter(q.Context()) {
		return
	}
	defer h.leave()
	reply, err := h.repo.handle(q.Context(), body, enc, Peer{Addr: peerAddr(q)})
	if err != nil && q.Context().Err() == nil && h.options.OnError != nil {
		h.options.OnError(err)
	}
	writeReply(w, reply.Encoding, reply.Body)
	if reply.Ahead != nil {
		reply.Ahead(context.WithoutCancel(q.Context())) // the client hangs up when it has the reply
	}
}

// enter waits for a place among the requests that are worked on.
func (h *handler) enter(ctx context.Context) bool {
	select {
	case h.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (h *handler) leave() { <-h.slots }
