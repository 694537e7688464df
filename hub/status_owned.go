package hub

import (
	"context"
	"errors"
	"os"
	"time"

	"bones-tui/hub/internal/health"
	"bones-tui/hub/natsd"
)

// Status samples the hub. It works in every phase and never fails; what cannot
// be known yet is nil.
func (h *Hub) Status(ctx context.Context) (Status, error) {
	h.mu.Lock()
	r := h.run
	st := Status{
		At: time.Now(), StartedAt: h.since, Phase: h.phase, Step: h.step,
		PID: os.Getpid(), Owned: true, LogLevel: h.set.level.String(),
		Root: h.dir.Root, Run: h.runID, Reseeded: h.reseeded,
	}
	if h.tenure != nil {
		st.Deaths, st.DiedAt = h.tenure.losses.count, h.tenure.losses.at
	}
	h.mu.Unlock()
	if r != nil {
		st.Incidents = r.told.now(r.dir)
	}
	switch {
	case r == nil:
	case r.loss.Load() != nil:
		r.sampleLoss(&st)
	default:
		r.sampleNATS(&st.NATS)
		r.sampleFossil(ctx, &st.Fossil)
		st.Disk = r.usage.Load()
	}
	return st, nil
}

// sampleLoss describes a hub that has lost its storage. The repository's numbers are
// unknown: what is at its path is another one by now.
func (r *running) sampleLoss(st *Status) {
	l := r.loss.Load()
	st.Lost, st.LostAt = l.why, l.at
	if why := r.unsaved.Load(); why != nil {
		st.Unsaved = *why
	}
	if path := r.saved.Load(); path != nil {
		st.Saved = *path
	}
	st.NATS.URL, st.NATS.Problem = r.nats.URL(), l.why
	if server, _, err := r.nats.Sample(); err == nil || errors.Is(err, natsd.ErrUnhealthy) {
		st.NATS.Server = &server
	}
	st.Fossil.URL, st.Fossil.Problem = r.fossilURL, l.why
	st.Fossil.ProjectCode, st.Fossil.ProjectName = r.repo.ProjectCode(), r.repo.ProjectName()
	r.countRequests(&st.Fossil)
}

// countRequests tells what has become of those who came to the repository, by either door.
func (r *running) countRequests(st *FossilStatus) {
	served, refused := r.repo.Requests(), r.doors.fossil.Refused()
	all, failed, rejected := r.failures.list()
	st.Requests, st.Refused, st.Rejected, st.Failed, st.Failures = &served, &refused, &rejected, &failed, all
}

func (h *Hub) startedAt() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.since
}

func (r *running) sampleNATS(st *NATSStatus) {
	st.URL = r.nats.URL()
	server, streams, err := r.nats.Sample()
	if err != nil {
		st.Problem = err.Error()
		return
	}
	st.Server, st.JetStream = &server, &streams
	st.RTT, err = r.conn.RTT()
	st.Up = err == nil
	if err != nil {
		st.Problem = err.Error()
	}
}

func (r *running) sampleFossil(ctx context.Context, st *FossilStatus) {
	st.URL = r.fossilURL
	st.ProjectCode, st.ProjectName = r.repo.ProjectCode(), r.repo.ProjectName()
	latency, err := r.probe.Recent(ctx, r.fossilURL, health.Within, health.For)
	st.Up, st.Latency = err == nil, latency
	if err != nil {
		st.Problem = err.Error()
	}
	if err := r.damage.Load(); err != nil {
		st.Problem = (*err).Error()
	}
	r.countRequests(st)
	r.history.fill(ctx, r.repo, r.dir, st)
}
