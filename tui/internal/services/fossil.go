package services

import (
	"time"

	"bones-tui/hub"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/layout"
)

// Fossil shows the repository and its server.
type Fossil struct {
	service
	requests cells.Rate
}

// SetHub takes the newest sample; two of them make a rate.
func (p *Fossil) SetHub(h *hubstate.State) {
	fresh := h.Known && !h.AsOf.Equal(p.asOf)
	p.service.SetHub(h)
	n := p.status.Fossil.Requests
	if n == nil {
		p.requests.Forget()
	} else if fresh {
		p.requests.Add(float64(*n), p.status.At)
	}
}

// View draws the pane: one row if that is all it has, else a rule and rows.
func (p *Fossil) View(t *cells.Theme, now time.Time) []string {
	if p.h == 1 {
		return []string{p.oneLine(t, now)}
	}
	f := p.status.Fossil
	lines := []string{p.heading(t, layout.Fossil, f.URL, f.Up, f.Problem, now)}
	lines = append(lines, p.cause(t, f.Up, f.Problem)...)
	lines = append(lines, p.tip(t, now), p.comment(t), p.history(t), p.repository(t), p.sync(t))
	return cells.Fit(lines, p.h)
}

func (p *Fossil) tip(t *cells.Theme, now time.Time) string {
	f := p.facts(t, "tip")
	tip := p.status.Fossil.Tip
	if tip == nil {
		return f.add(cells.Unknown, "").String()
	}
	f.Put(p.strong(t), cells.ShortID(tip.UUID)).Gap(2).Put(f.value, cells.Ago(tip.Time, now)).Gap(2)
	f.Put(t.Dim, "by ").Text(f.value, cells.Clean(tip.User))
	return f.String()
}

func (p *Fossil) comment(t *cells.Theme) string {
	f := p.facts(t, "")
	if tip := p.status.Fossil.Tip; tip != nil {
		f.Text(f.value, cells.Clean(tip.Comment))
	}
	return f.String()
}

func (p *Fossil) history(t *cells.Theme) string {
	s := p.status.Fossil
	f := p.facts(t, "history").add(cells.Optional(s.CheckIns), cells.Unit(s.CheckIns, "check-in", "check-ins"))
	switch {
	case s.Leaves == nil:
	case *s.Leaves > 1 && !p.stale:
		f.styled(t.Warn, cells.Count(*s.Leaves), "leaves, trunk is forked")
	default:
		f.add(cells.Plural(*s.Leaves, "leaf", "leaves"), "")
	}
	if n := s.Unapplied; n != nil && *n > 0 {
		f.add(cells.Count(*n), "not in git")
	}
	return f.String()
}

func (p *Fossil) repository(t *cells.Theme) string {
	s := p.status.Fossil
	f := p.facts(t, "size").add(cells.OptionalSize(s.RepoBytes), "")
	if s.WALBytes != nil {
		f.named("wal", cells.Size(float64(*s.WALBytes)))
	}
	if s.ProjectCode != "" {
		f.named("project", cells.ShortID(s.ProjectCode))
	}
	if d := p.status.Disk; d != nil {
		f.named(".bones", cells.Size(float64(d.Total))+cells.Growth(d.Growth))
	}
	return f.String()
}

func (p *Fossil) sync(t *cells.Theme) string {
	s := p.status.Fossil
	f := p.facts(t, "sync")
	if s.Requests == nil {
		f.add(cells.Unknown, "requests")
	} else {
		f.add(cells.Count(int64(*s.Requests)), "requests").
			styled(f.value, rateText(t, &p.requests, true, cells.PerSecond)+"/s", "")
	}
	if n := turnedAway(s); n > 0 {
		f.styled(t.Warn, cells.Count(n), "refused")
	}
	if s.Latency > 0 {
		f.named("latency", cells.Latency(s.Latency))
	}
	return f.String()
}

// turnedAway is how many connections and requests the server did not serve.
func turnedAway(s hub.FossilStatus) (n int64) {
	for _, some := range []*uint64{s.Refused, s.Rejected, s.Failed} {
		if some != nil {
			n += int64(*some)
		}
	}
	return n
}

// oneLine is the pane on a small screen.
func (p *Fossil) oneLine(t *cells.Theme, now time.Time) string {
	s := p.status.Fossil
	l, ok := p.compact(t, layout.Fossil, s.URL, s.Up, s.Problem, now)
	if !ok {
		return l.String()
	}
	f := facts{Line: l, t: t, value: p.value(t)}
	f.add(cells.Optional(s.CheckIns), cells.Unit(s.CheckIns, "check-in", "check-ins")).Gap(2)
	end := cells.OptionalSize(s.RepoBytes)
	if s.Tip == nil {
		return f.Put(t.Dim, "tip "+cells.Unknown).String()
	}
	f.Put(t.Dim, "tip ").Put(p.strong(t), cells.ShortID(s.Tip.UUID)).Gap(1).Put(f.value, cells.Ago(s.Tip.Time, now)).Gap(1)
	room := f.Left() - len(end) - 2
	f.Text(t.Dim, cells.Clean(s.Tip.Comment).Cut(max(room, 0)))
	return f.Gap(2).Put(f.value, end).String()
}

func (p *Fossil) strong(t *cells.Theme) cells.Style {
	if p.stale {
		return t.Dim
	}
	return t.Bold
}
