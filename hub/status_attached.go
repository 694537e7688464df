package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/health"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/natsd"
)

// Status asks the hub about itself. A hub that does not know the question is
// described from outside: what the account may ask NATS, and the repository
// file. An error means that nobody answered.
func (r *Remote) Status(ctx context.Context) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, 900*time.Millisecond)
	defer cancel()
	begin := time.Now()
	reply, err := r.conn.RequestWithContext(ctx, statusSubject, nil)
	switch {
	case err == nil:
		st, err := believe(reply.Data, r.pid)
		st.Owned = false
		st.NATS.RTT = time.Since(begin)
		return st, err
	case errors.Is(err, nats.ErrNoResponders):
		return r.observe(ctx), nil
	default:
		return Status{}, fmt.Errorf("hub: ask pid %d for its status: %w", r.pid, err)
	}
}

// believe reads an answer of the hub with this pid. Any client can give one: it is not
// believed unless it says whose it is.
func believe(data []byte, pid int) (Status, error) {
	st, err := decodeStatus(data)
	if err == nil && st.PID != pid {
		return Status{}, fmt.Errorf("hub: asked process %d for its status, and process %d answered; that is not believed", pid, st.PID)
	}
	return st, err
}

// observe describes a hub that has no status service. One of ours is only just coming
// up, then.
func (r *Remote) observe(ctx context.Context) Status {
	st := Status{At: time.Now(), StartedAt: r.since, Phase: PhaseReady, PID: r.pid, Incidents: r.told.now(r.dir)}
	if r.conn.ConnectedServerName() == serverName(r.dir.Root) {
		st.Phase = PhaseStarting
	}
	st.NATS.URL, st.Fossil.URL = r.dir.NATSURL(), r.dir.FossilURL()
	if err := r.observeNATS(ctx, &st.NATS); err != nil {
		st.NATS.Problem = err.Error()
	}
	latency, err := r.probe.Ask(ctx, st.Fossil.URL, health.Within)
	st.Fossil.Up, st.Fossil.Latency = err == nil, latency
	if err != nil {
		st.Fossil.Problem = err.Error()
	}
	repo, err := r.repository(ctx)
	if err != nil {
		st.Fossil.Problem = err.Error()
	}
	if repo == nil {
		return st
	}
	st.Fossil.ProjectCode, st.Fossil.ProjectName = repo.ProjectCode(), repo.ProjectName()
	r.history.fill(ctx, repo, r.dir, &st.Fossil)
	return st
}

// observeNATS uses what any client of the account may ask: the account's own
// statistics and JetStream's account report.
func (r *Remote) observeNATS(ctx context.Context, st *NATSStatus) (err error) {
	if st.RTT, err = r.conn.RTT(); err != nil {
		return err
	}
	st.Up = true
	if st.Server, err = r.accountStats(ctx); err != nil {
		return err
	}
	js, err := jetstream.New(r.conn)
	if err != nil {
		return err
	}
	info, err := js.AccountInfo(ctx)
	if err != nil {
		return err
	}
	st.JetStream = &natsd.StreamStats{
		Streams: info.Streams, Consumers: info.Consumers, StoreBytes: info.Store,
		APITotal: info.API.Total, APIErrors: info.API.Errors,
	}
	streams := js.ListStreams(ctx)
	for s := range streams.Info() {
		st.JetStream.Messages += s.State.Msgs
	}
	return streams.Err()
}

// accountStats asks the server for the numbers of our own account.
// Source: NATS documentation, "System Events", account statz.
func (r *Remote) accountStats(ctx context.Context) (*natsd.ServerStats, error) {
	reply, err := r.conn.RequestWithContext(ctx, "$SYS.REQ.ACCOUNT.PING.STATZ", nil)
	if err != nil {
		return nil, fmt.Errorf("hub: ask for account statistics: %w", err)
	}
	type traffic struct{ Msgs, Bytes int64 }
	var answer struct {
		Data struct {
			Accounts []struct {
				Conns         int     `json:"conns"`
				TotalConns    uint64  `json:"total_conns"`
				Subs          uint32  `json:"num_subscriptions"`
				Sent          traffic `json:"sent"`
				Received      traffic `json:"received"`
				SlowConsumers int64   `json:"slow_consumers"`
			} `json:"account_statz"`
		} `json:"data"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return nil, fmt.Errorf("hub: decode account statistics: %w", err)
	}
	stats := &natsd.ServerStats{ID: r.conn.ConnectedServerId(), Name: r.conn.ConnectedServerName(), Version: r.conn.ConnectedServerVersion(), Uptime: time.Since(r.since)}
	for _, a := range answer.Data.Accounts {
		stats.Connections += a.Conns
		stats.TotalConnections += a.TotalConns
		stats.Subscriptions += a.Subs
		stats.InMsgs += a.Received.Msgs
		stats.InBytes += a.Received.Bytes
		stats.OutMsgs += a.Sent.Msgs
		stats.OutBytes += a.Sent.Bytes
		stats.SlowConsumers += a.SlowConsumers
	}
	return stats, nil
}

// repository opens the hub's repository for reading, once. A damaged one comes with
// an error each time.
func (r *Remote) repository(ctx context.Context) (*fossil.Repo, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.repo == nil {
		r.repo, r.damage = seed.Open(ctx, r.dir, r.dir.Fossil(), fossil.ReadOnly)
	}
	return r.repo, r.damage
}
