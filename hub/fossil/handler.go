package fossil

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"bones-tui/hub/fossil/internal/xfer"
)

// HandlerOptions say whom the handler serves.
type HandlerOptions struct {
	Hosts     []string      // exact values of the Host header that are served, e.g. "127.0.0.1:8080"
	OnFailure func(Failure) // told of each message that fails; may be nil
}

// NewServer returns an HTTP server for h that does not let slow or greedy peers hold on to it
// for ever. Clients connect first and make their message then, which takes minutes on a busy
// machine: so they have minutes to begin. How many may take them at a time is for the listener
// to bound. Handler extends the times for large messages.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: beginWithin,
		ReadTimeout:       beginWithin + time.Minute,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}

// beginWithin is how long a connection may take until its first header is complete. A listener
// that gives a time of its own to begin, as the hub's, gives less: only it can say who was cut.
const beginWithin = 6 * time.Minute

// Handler serves the repository: sync messages by POST to any path, a page for
// people at "/", and "/healthz". Requests for another host, from a foreign web page, or of
// another content type are refused; a browser can do no harm.
func (r *Repo) Handler(o HandlerOptions) http.Handler {
	h := &handler{repo: r, options: o}
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
}

// peer is where a request comes from.
func (h *handler) peer(q *http.Request) Peer {
	return Peer{Addr: peerAddr(q), Door: DoorHTTP, Name: q.RemoteAddr, OnFailure: h.options.OnFailure}
}

// reject tells of a request that is not for us.
func (h *handler) reject(q *http.Request, what, name string) {
	if h.options.OnFailure != nil {
		h.options.OnFailure(Failure{Door: DoorHTTP, Peer: q.RemoteAddr, Cause: CauseForeign, What: what, Err: fmt.Errorf("%q", name)})
	}
}

// foreign answers a request that another site's page has made a browser send.
func (h *handler) foreign(w http.ResponseWriter, q *http.Request) {
	h.reject(q, "a web page of another origin", q.Header.Get("Origin"))
	http.Error(w, "requests of other origins are not served", http.StatusForbidden)
}

// guard refuses requests that were meant for another host: a name that
// somebody made point here.
func (h *handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !slices.Contains(h.options.Hosts, q.Host) {
			h.reject(q, "a request for another host", q.Host)
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
		h.reject(q, "a content type that is not of sync messages", q.Header.Get("Content-Type"))
		http.Error(w, "only fossil sync messages are taken", http.StatusUnsupportedMediaType)
		return
	}
	p := h.peer(q)
	if !h.repo.ready.Load() {
		p.tell("", aMessage, fmt.Errorf("%w: not ready", errNotServing))
		_ = writeError(w, enc, "hub is not ready") // that it failed is told
		return
	}
	own := share{pool: &h.repo.pool}
	defer own.leave()
	body, err := readMessage(w, q, &own)
	if err != nil {
		p.tell("", "a body that cannot be read", err)
		_ = writeError(w, enc, "cannot read request: "+err.Error()) // that it failed is told
		return
	}
	h.answer(w, q, body, enc, p, &own)
}

// answer works on a message and writes the reply.
func (h *handler) answer(w http.ResponseWriter, q *http.Request, body []byte, enc xfer.Encoding, p Peer, own *share) {
	ctx, pool := q.Context(), &h.repo.pool
	reply, _ := h.repo.answer(ctx, body, enc, p, own) // it has told
	if ctx.Err() != nil {
		return
	}
	leave, ok := pool.outbox.enter(ctx, len(reply.Body))
	if !ok {
		p.tell(reply.User, aReply, ctx.Err())
		return
	}
	err := writeReply(w, reply.Encoding, reply.Body)
	leave()
	if err != nil {
		p.tell(reply.User, aReply, err)
		return
	}
	if reply.Ahead != nil && pool.working.try() {
		defer pool.working.leave()
		reply.Ahead(context.WithoutCancel(ctx)) // the client hangs up when it has the reply
	}
}
