package natsd

import (
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// ErrNotRunning is returned when the server has stopped.
var ErrNotRunning = errors.New("natsd: server is not running")

// ErrUnhealthy is matched by the error of Sample when the server runs and says
// itself that something is wrong, such as a stream that it had to give up.
var ErrUnhealthy = errors.New("natsd: server is unhealthy")

// Sample returns the server's numbers of now. It costs some tens of microseconds.
// With ErrUnhealthy the numbers are valid; with any other error they are zero.
func (s *Server) Sample() (ServerStats, StreamStats, error) {
	ns := s.nats.Load()
	if !ns.Running() { // a stopped server would still answer with its last numbers
		return ServerStats{}, StreamStats{}, s.notRunning()
	}
	v, err := ns.Varz(nil)
	if err != nil {
		return ServerStats{}, StreamStats{}, fmt.Errorf("natsd: sample server: %w", err)
	}
	js, err := ns.Jsz(nil)
	if err != nil {
		return ServerStats{}, StreamStats{}, fmt.Errorf("natsd: sample JetStream: %w", err)
	}
	return s.serverStats(v), streamStats(js), s.health()
}

// Streams returns every stream. Unlike a request it is no traffic of the server's.
func (s *Server) Streams() ([]Stream, error) {
	ns := s.nats.Load()
	if !ns.Running() {
		return nil, s.notRunning()
	}
	js, err := ns.Jsz(&server.JSzOptions{Streams: true, Config: true})
	if err != nil {
		return nil, fmt.Errorf("natsd: list streams: %w", err)
	}
	if js.Disabled { // it does so when its disk fails, and shows no streams then
		return nil, fmt.Errorf("natsd: list streams: %w: JetStream is off", ErrUnhealthy)
	}
	var all []Stream
	for _, account := range js.AccountDetails {
		for _, d := range account.Streams {
			all = append(all, Stream{Name: d.Name, Last: d.State.LastSeq, Messages: d.State.Msgs, MaxAge: d.Config.MaxAge, Memory: d.Config.Storage == server.MemoryStorage})
		}
	}
	return all, nil
}

// notRunning is ErrNotRunning, with the reason if the server is about to come back.
func (s *Server) notRunning() error {
	if why := s.outage.Load(); why != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, *why)
	}
	return ErrNotRunning
}

func (s *Server) health() error {
	if h := s.nats.Load().Healthz(nil); h.Error != "" {
		return fmt.Errorf("%w: %s", ErrUnhealthy, s.store.words(h.Error))
	}
	return nil
}

func (s *Server) serverStats(v *server.Varz) ServerStats {
	return ServerStats{
		ID: v.ID, Name: v.Name, Version: v.Version, Uptime: v.Now.Sub(v.Start).Round(time.Millisecond),
		Connections: v.Connections, TotalConnections: v.TotalConnections,
		Subscriptions: v.Subscriptions, SlowConsumers: v.SlowConsumers + s.shedded.Load(),
		InMsgs: v.InMsgs, OutMsgs: v.OutMsgs, InBytes: v.InBytes, OutBytes: v.OutBytes,
		Mem: v.Mem, CPU: v.CPU, Refused: s.refused.Load(),
	}
}

func streamStats(js *server.JSInfo) StreamStats {
	return StreamStats{
		Streams: js.Streams, Consumers: js.Consumers, Messages: js.Messages,
		StoreBytes: js.Store, StoreLimit: uint64(max(js.Config.MaxStore, 0)),
		APITotal: js.API.Total, APIErrors: js.API.Errors,
	}
}
