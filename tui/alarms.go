package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bones-tui/tui/internal/hubstate"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

type (
	// errorsMsg is how many lines of level ERROR there are.
	errorsMsg struct {
		version uint64
		count   int64
		now     time.Time
	}
	diskMsg struct{ disk disk }
)

// waitErrors delivers the number of errors once it is another than the last.
func (fx *effects) waitErrors(seen uint64, last int64) tea.Cmd {
	if fx.cfg.Log == nil {
		return nil
	}
	return fx.Do(func(ctx context.Context) tea.Msg {
		fx.mu.Lock()
		if fx.errors == nil {
			var all *logview.Filter
			fx.errors = fx.cfg.Log.View(all.With("level", ">=", "error"))
		}
		v := fx.errors
		fx.mu.Unlock()
		for {
			snap, err := v.Next(ctx, seen)
			if err != nil {
				return nil
			}
			seen = snap.Version
			if snap.Complete && snap.Matches != last {
				return errorsMsg{seen, snap.Matches, fx.cfg.Now()}
			}
		}
	})
}

func (fx *effects) readDisk() tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		free, err := fx.cfg.FreeDisk(ctx)
		return diskMsg{disk{free, err == nil}}
	})
}

func (m *model) errorsCounted(msg errorsMsg) tea.Cmd {
	m.alarms.count(msg.count, msg.now)
	return m.fx.waitErrors(msg.version, msg.count)
}

// watch looks at everything that can be an alarm, once a tick.
func (m *model) watch() tea.Cmd {
	a := &m.alarms
	m.watchSlots()
	m.watchErrors()
	m.watchDisk()
	var cmds []tea.Cmd
	if m.cfg.FreeDisk != nil && m.cfg.Settings.Alarms.Disk > 0 && m.now.Sub(a.looked) >= diskEvery {
		a.looked = m.now
		cmds = append(cmds, m.fx.readDisk())
	}
	if a.unrung && m.cfg.Settings.Alarms.Bell && m.now.Sub(a.rung) >= ringPause {
		a.unrung, a.rung = false, m.now
		cmds = append(cmds, tea.Raw("\a"))
	}
	return tea.Batch(cmds...)
}

// raise records an alarm and tells of it.
func (m *model) raise(text string) {
	m.alarms.record(text, m.now)
	if !m.notice.Failed() {
		m.notice.Say("alarm: " + text + "  (L lists alarms)")
	}
}

func (m *model) watchSlots() {
	a := &m.alarms
	if !m.slots.Known || m.hub.Ended() {
		return
	}
	if a.stale == nil {
		a.stale = map[string]time.Time{}
	}
	var turned []string
	for _, r := range m.slots.All {
		last, alarmed := a.stale[r.Name]
		switch {
		case r.StateNow != slots.Stale && r.StateNow != slots.RemoteStale:
			delete(a.stale, r.Name)
		case !a.seeded:
			a.stale[r.Name] = r.Renewed
		case !alarmed || !last.Equal(r.Renewed):
			turned = append(turned, r.Name)
		}
	}
	a.seeded = true
	if len(turned) == 0 || m.now.Sub(a.named) < stalePause {
		return
	}
	for _, r := range m.slots.All {
		if r.StateNow == slots.Stale || r.StateNow == slots.RemoteStale {
			a.stale[r.Name] = r.Renewed
		}
	}
	a.named = m.now
	m.raise(staleText(turned))
}

func staleText(names []string) string {
	const most = 5
	if len(names) == 1 {
		return "slot " + names[0] + " turned stale"
	}
	text := fmt.Sprintf("%d slots turned stale: %s", len(names), strings.Join(names[:min(len(names), most)], ", "))
	if len(names) > most {
		text += ", and more"
	}
	return text
}

// watchErrors: a burst is over once there are less than half as many errors.
func (m *model) watchErrors() {
	a, limit := &m.alarms, m.cfg.Settings.Alarms.Errors
	switch n := a.recent(m.now); {
	case !a.burst && n >= limit:
		a.burst = true
		m.raise(cells.Plural(int64(n), "error", "errors") + " in the log within a minute")
	case a.burst && n < (limit+1)/2:
		a.burst = false
	}
}

// watchDisk: it is low until a quarter more than the limit is free.
func (m *model) watchDisk() {
	a, limit := &m.alarms, m.cfg.Settings.Alarms.Disk
	switch {
	case !a.disk.known:
	case !a.low && a.disk.free < limit:
		a.low = true
		m.raise("the disk is low: " + cells.Size(float64(a.disk.free)) + " are free")
	case a.low && a.disk.free >= limit+limit/4:
		a.low = false
	}
}

// watchHub: it is lost once it has gone, failed or does not answer, until it is ready.
// The header tells of it already.
func (m *model) watchHub() {
	a, h := &m.alarms, &m.hub
	what := ""
	switch h.Life {
	case hubstate.Gone:
		what = "the hub is gone"
	case hubstate.Failed:
		what = "the hub has failed"
	case hubstate.Degraded:
		what = "the hub is degraded"
	case hubstate.Ready:
		a.lost = false
	case hubstate.Starting, hubstate.Draining, hubstate.Stopped, hubstate.Count:
	}
	if what == "" || a.lost {
		return
	}
	a.lost = true
	if !a.lostAt.IsZero() && m.now.Sub(a.lostAt) < lostPause {
		return
	}
	a.lostAt = m.now
	if _, _, why := h.Badge(m.theme, m.now); why.Width() > 0 {
		what += ": " + why.String()
	}
	a.record(what, m.now)
}

// openAlarms lists what was alarmed about, the newest first.
func (m *model) openAlarms() tea.Cmd {
	m.alarms.unseen = 0
	m.showDetail(alarmsDetail(m.alarms.past, m.now.Location()))
	return nil
}
