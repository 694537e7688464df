package tui

import (
	"context"
	"slices"
	"time"

	"bones-tui/tui/internal/details"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/newspane"
	"bones-tui/tui/internal/subjects"

	tea "charm.land/bubbletea/v2"

	"bones-tui/hub"
	"bones-tui/hub/findings"
	"bones-tui/slots"
)

// Bounds of the news, and how long what the doctor says is taken for current.
const (
	newsEntries   = 200
	checkEvery    = 5 * time.Minute  // while it is in view
	checkAgain    = 10 * time.Second // when the operator asks
	checkupWithin = 30 * time.Second
)

type (
	newsMsg struct {
		gen     int
		entries []slots.Entry
		err     error
		now     time.Time
	}
	checkedMsg struct {
		found []findings.Finding
		now   time.Time
	}
)

// fetchNews asks for what the news pane lacks, while it is in view.
func (m *model) fetchNews() tea.Cmd {
	p := &m.news
	if m.layout.Areas[layout.News].Height == 0 || !p.Due {
		return nil
	}
	p.Due = false
	var cmds []tea.Cmd
	if src := m.session.Activity; src != nil && !p.Asking {
		p.Asking = true
		cmds = append(cmds, m.fx.askNews(m.gen, src))
	}
	return tea.Batch(append(cmds, m.checkup(checkEvery))...)
}

// checkup has the doctor look, unless it did a short while ago. While the hub comes up
// or goes down it would find what is under way.
func (m *model) checkup(after time.Duration) tea.Cmd {
	p := &m.news
	if m.cfg.Checkup == nil || p.Checking || m.hub.Life == hubstate.Starting || m.hub.Life == hubstate.Draining ||
		!p.Checked.IsZero() && m.now.Sub(p.Checked) < after {
		return nil
	}
	p.Checking = true
	return m.fx.Do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, checkupWithin)
		defer cancel()
		return checkedMsg{m.cfg.Checkup(ctx), m.fx.cfg.Now()}
	})
}

func (fx *effects) askNews(gen int, src subjects.ActivitySource) tea.Cmd {
	return fx.Do(func(ctx context.Context) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, details.LoadTimeout)
		defer cancel()
		all, err := src.Entries(ctx)
		if len(all) > newsEntries {
			all = slices.Clone(all[len(all)-newsEntries:])
		}
		return newsMsg{gen: gen, entries: all, err: err, now: fx.cfg.Now()}
	})
}

func (m *model) newsRead(msg newsMsg) {
	if msg.gen == m.gen {
		m.news.SetEntries(msg.entries, msg.err, msg.now)
	}
}

func (m *model) checkedUp(msg checkedMsg) {
	m.news.SetChecks(msg.found, msg.now)
	m.refreshDetail()
}

// renewNews forgets what was asked of another hub, and that the doctor has looked.
func (m *model) renewNews() {
	m.news.Asking, m.news.Due, m.news.Checked = false, true, time.Time{}
}

// allFindings are the live ones and the doctor's.
func (m *model) allFindings() []findings.Finding {
	return slices.Concat(m.findings(), m.examined())
}

// examined is what the doctor has found and the screen does not tell by itself.
func (m *model) examined() []findings.Finding {
	return slices.DeleteFunc(slices.Clone(m.news.Examined), func(f findings.Finding) bool {
		return slices.ContainsFunc(m.hub.Status.Incidents, func(i hub.Incident) bool { return newspane.IsOf(f, i) })
	})
}

// toldNews reports whether the news, if they are in view, would not gain by waiting.
func (m *model) toldNews() bool {
	p := &m.news
	told := p.Known || p.Problem.Width() > 0 || m.session.Activity == nil
	return !m.layout.HasNews() || told && (m.cfg.Checkup == nil || !p.Checked.IsZero())
}

func (m *model) findings() []findings.Finding {
	key := findingsKey{second: m.now.Unix(), nats: m.nats.Version, slots: m.slots.Version, log: m.log.Version}
	return m.drawn.findings.get(key, func() []findings.Finding {
		return newspane.Now(&m.hub, m.slots.All, m.log.Snapshot, m.log.Filtered(), m.now)
	})
}
