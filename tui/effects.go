package tui

import (
	"context"
	"sync"
	"time"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/logpane"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/tui/internal/commands"
)

// sampleTimeout is less than the time between two samples, so they never pile up.
const sampleTimeout = 900 * time.Millisecond

// effects makes every command of the program, runs them under one context, and
// owns what they open.
type effects struct {
	cfg Config
	*commands.Runner

	mu      sync.Mutex
	session Session
	logs    *logpane.Source
	errors  logpane.View // every line of level ERROR

	keeping sync.Mutex
	kept    int // the last state that was written
}

func newEffects(ctx context.Context, c Config) *effects {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Settings = c.Settings.filled()
	r := commands.New(ctx)
	return &effects{cfg: c, Runner: r, logs: logpane.NewSource(r, c.Log, c.Now, c.SaveDir)}
}

// close ends every command, waits for it, and lets go of what they opened.
func (fx *effects) close() {
	fx.Close()
	fx.logs.CloseView()
	if fx.errors != nil {
		_ = fx.errors.Close() // nobody counts any more
	}
	fx.swapSession(Session{})
}

// tick tells the time at the next multiple of d.
func (fx *effects) tick(id int, d time.Duration) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		now := fx.cfg.Now()
		return fx.After(now.Truncate(d).Add(d).Sub(now), func() tea.Msg { return clockMsg{id, fx.cfg.Now()} })()
	})
}

// connect starts or attaches, after letting go of the session before.
func (fx *effects) connect(gen int) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		fx.swapSession(Session{})
		s, err := fx.cfg.Connect(ctx)
		if err == nil {
			fx.swapSession(s)
		}
		return connectedMsg{gen: gen, session: s, err: err}
	})
}

func (fx *effects) swapSession(s Session) {
	fx.mu.Lock()
	old := fx.session
	fx.session = s
	fx.mu.Unlock()
	if old.Close != nil {
		_ = old.Close() // nothing of it is shown or used any more
	}
}

// sample asks the hub how it is.
func (fx *effects) sample(gen int, s Session) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, sampleTimeout)
		defer cancel()
		st, err := s.Hub.Status(ctx)
		msg := statusMsg{gen: gen, status: st, err: err, now: fx.cfg.Now()}
		if t, ok := s.Slots.(interface{ Problem() string }); ok {
			msg.slots = t.Problem()
		}
		return msg
	})
}

// waitSlots delivers the next snapshot of the slots.
func (fx *effects) waitSlots(gen int, s SlotSource) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		all, err := s.Next(ctx)
		if ctx.Err() != nil {
			return nil
		}
		return slotsMsg{gen: gen, slots: all, err: err}
	})
}

// waitDone tells of the hub's end.
func (fx *effects) waitDone(gen int, h Hub) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-h.Done():
			return hubGoneMsg{gen: gen, err: h.Err(), now: fx.cfg.Now()}
		}
	})
}

// returnPoll is how often a screen without a hub looks for one.
const returnPoll = 500 * time.Millisecond

// waitHub tells of a hub that has come up while the screen has none.
func (fx *effects) waitHub(gen int) tea.Cmd {
	if fx.cfg.Running == nil {
		return nil
	}
	return fx.Do(func(ctx context.Context) tea.Msg {
		tick := time.NewTicker(returnPoll)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if pid, ok := fx.cfg.Running(); ok {
					return hubCameMsg{gen, pid}
				}
			}
		}
	})
}

// stop asks the hub to end, politely or not, and waits until it has. One of our own that
// comes back keeps the workspace meanwhile.
func (fx *effects) stop(gen int, h Hub, force bool, then dialogs.AfterStop) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		var opts []hub.StopOption
		if then == dialogs.ThenRestart || then == dialogs.ThenReseed {
			opts = append(opts, hub.WithRestart(true), hub.WithFreshRepository(then == dialogs.ThenReseed))
		}
		if force {
			opts = append(opts, hub.WithForce(true))
		}
		return fx.stopped(gen, h, h.Shutdown(ctx, opts...))
	})
}

// drain ends the hub on a signal: the guard is skipped, the drain is not.
func (fx *effects) drain(gen int, s Session) tea.Cmd {
	if s.Drain == nil {
		return fx.stop(gen, s.Hub, true, dialogs.ThenNothing)
	}
	return fx.Do(func(ctx context.Context) tea.Msg { return fx.stopped(gen, s.Hub, s.Drain(ctx)) })
}

func (fx *effects) stopped(gen int, h Hub, err error) tea.Msg {
	msg := stoppedMsg{gen: gen, err: err, now: fx.cfg.Now()}
	select {
	case <-h.Done():
		msg.done = true
	default:
	}
	return msg
}

// replace has another process's hub make way for a new one.
func (fx *effects) replace(gen int, force, reseed bool) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		done, err := fx.cfg.Replace(ctx, force, reseed)
		return replacedMsg{gen, done, err, fx.cfg.Now()}
	})
}

// handOver moves an owned hub to a process of its own.
func (fx *effects) handOver(gen int) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg { return handedOverMsg{gen, fx.cfg.Background(ctx)} })
}

// reseed archives the repository and makes a fresh one.
func (fx *effects) reseed(gen int) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		done, err := fx.cfg.Reseed(ctx)
		return reseededMsg{gen, done, err}
	})
}

// waitSignal delivers the next signal.
func (fx *effects) waitSignal() tea.Cmd {
	if fx.cfg.Signals == nil {
		return nil
	}
	return fx.Do(func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case s, ok := <-fx.cfg.Signals:
			if !ok {
				return nil
			}
			return signalMsg{s}
		}
	})
}
