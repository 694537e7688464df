package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/alarms"
)

type (
	// errorsMsg is how many lines of level ERROR there are.
	errorsMsg struct {
		version uint64
		count   int64
		now     time.Time
	}
	diskMsg struct{ disk alarms.Disk }
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
		return diskMsg{alarms.Disk{Free: free, Known: err == nil}}
	})
}

func (m *model) errorsCounted(msg errorsMsg) tea.Cmd {
	m.alarms.Count(msg.count, msg.now)
	return m.fx.waitErrors(msg.version, msg.count)
}

// watch looks at everything that can be an alarm, once a tick.
func (m *model) watch() tea.Cmd {
	m.alarms.Look(m.slots.All, m.slots.Known && !m.hub.Ended(), m.now)
	var cmds []tea.Cmd
	if m.cfg.FreeDisk != nil && m.alarms.LookAtDisk(m.now) {
		cmds = append(cmds, m.fx.readDisk())
	}
	if m.cfg.Settings.Alarms.Bell && m.alarms.Ring(m.now) {
		cmds = append(cmds, tea.Raw("\a"))
	}
	return tea.Batch(cmds...)
}

// openAlarms lists what was alarmed about, the newest first.
func (m *model) openAlarms() tea.Cmd {
	m.showDetail(m.alarms.Detail(m.now.Location()))
	return nil
}
