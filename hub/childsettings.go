package hub

import (
	"encoding/json"
	"time"
)

// childSettings are the settings of a hub in a process of its own.
type childSettings struct {
	RepoPort     int           `json:"repo_port,omitempty"`
	CoordPort    int           `json:"coord_port,omitempty"`
	DrainTimeout time.Duration `json:"drain_timeout,omitempty"`
	LogLevel     string        `json:"log_level,omitempty"`
	Durability   Durability    `json:"durability,omitempty"`
	Reseed       bool          `json:"reseed,omitempty"` // before the first service comes up
	TrustState   bool          `json:"trust_state,omitempty"`
}

func (c childSettings) options() []Option {
	opts := []Option{
		WithRepoPort(c.RepoPort), WithCoordPort(c.CoordPort), WithDrainTimeout(c.DrainTimeout),
		WithLogLevel(c.LogLevel), withReseed(c.Reseed), WithTrustState(c.TrustState),
	}
	if c.Durability != "" {
		opts = append(opts, WithDurability(c.Durability))
	}
	return opts
}

// childSettings are those that another process needs to be a hub like this one. Whoever
// is started to reseed is asked for it: nobody shall do it again.
func (h *Hub) childSettings(reseed bool) json.RawMessage {
	text, err := json.Marshal(childSettings{
		RepoPort: h.set.repoPort, CoordPort: h.set.coordPort, DrainTimeout: h.set.drainTimeout,
		LogLevel: h.set.level.String(), Durability: h.set.durability, Reseed: reseed, TrustState: h.set.trustState,
	})
	if err != nil {
		panic(err) // numbers and strings always can be
	}
	return text
}
