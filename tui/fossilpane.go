package tui

import (
	"time"

	"bones-tui/hub"
)

// fossilPane shows the repository and its server.
type fossilPane struct {
	service
	requests rate
}

// SetHub takes the newest sample; two of them make a rate.
func (p *fossilPane) SetHub(h *hubState) {
	fresh := h.known && !h.asOf.Equal(p.asOf)
	p.service.SetHub(h)
	n := p.status.Fossil.Requests
	if n == nil {
		p.requests.forget()
	} else if fresh {
		p.requests.add(float64(*n), p.status.At)
	}
}

// View draws the pane: one row if that is all it has, else a rule and rows.
func (p *fossilPane) View(t *theme, now time.Time) []string {
	if p.h == 1 {
		return []string{p.oneLine(t, now)}
	}
	f := p.status.Fossil
	lines := []string{p.heading(t, paneFossil, f.URL, f.Up, f.Problem, now)}
	lines = append(lines, p.cause(t, f.Up, f.Problem)...)
	lines = append(lines, p.tip(t, now), p.comment(t), p.history(t), p.repository(t), p.sync(t))
	return fit(lines, p.h)
}

func (p *fossilPane) tip(t *theme, now time.Time) string {
	f := p.facts(t, "tip")
	tip := p.status.Fossil.Tip
	if tip == nil {
		return f.add(unknown, "").String()
	}
	f.put(p.strong(t), shortID(tip.UUID)).gap(2).put(f.value, ago(tip.Time, now)).gap(2)
	f.put(t.dim, "by ").text(f.value, clean(tip.User))
	return f.String()
}

func (p *fossilPane) comment(t *theme) string {
	f := p.facts(t, "")
	if tip := p.status.Fossil.Tip; tip != nil {
		f.text(f.value, clean(tip.Comment))
	}
	return f.String()
}

func (p *fossilPane) history(t *theme) string {
	s := p.status.Fossil
	f := p.facts(t, "history").add(optional(s.CheckIns), one(s.CheckIns, "check-in", "check-ins"))
	switch {
	case s.Leaves == nil:
	case *s.Leaves > 1 && !p.stale:
		f.styled(t.warn, count(*s.Leaves), "leaves, trunk is forked")
	default:
		f.add(plural(*s.Leaves, "leaf", "leaves"), "")
	}
	if n := s.Unapplied; n != nil && *n > 0 {
		f.add(count(*n), "not in git")
	}
	return f.String()
}

func (p *fossilPane) repository(t *theme) string {
	s := p.status.Fossil
	f := p.facts(t, "size").add(optionalSize(s.RepoBytes), "")
	if s.WALBytes != nil {
		f.named("wal", size(float64(*s.WALBytes)))
	}
	if s.ProjectCode != "" {
		f.named("project", shortID(s.ProjectCode))
	}
	if d := p.status.Disk; d != nil {
		f.named(".bones", size(float64(d.Total))+growth(d))
	}
	return f.String()
}

// growth is what the state directory takes more, an hour, if that is to be seen.
func growth(d *hub.DiskUsage) string {
	if d.Growth == nil || *d.Growth < 1<<20 {
		return ""
	}
	return " +" + size(float64(*d.Growth)) + "/h"
}

func (p *fossilPane) sync(t *theme) string {
	s := p.status.Fossil
	f := p.facts(t, "sync")
	if s.Requests == nil {
		f.add(unknown, "requests")
	} else {
		f.add(count(int64(*s.Requests)), "requests").
			styled(f.value, rateText(t, &p.requests, true, perSecond)+"/s", "")
	}
	if n := turnedAway(s); n > 0 {
		f.styled(t.warn, count(n), "refused")
	}
	if s.Latency > 0 {
		f.named("latency", latency(s.Latency))
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
func (p *fossilPane) oneLine(t *theme, now time.Time) string {
	s := p.status.Fossil
	l, ok := p.compact(t, paneFossil, s.URL, s.Up, s.Problem, now)
	if !ok {
		return l.String()
	}
	f := facts{line: l, t: t, value: p.value(t)}
	f.add(optional(s.CheckIns), one(s.CheckIns, "check-in", "check-ins")).gap(2)
	end := optionalSize(s.RepoBytes)
	if s.Tip == nil {
		return f.put(t.dim, "tip "+unknown).String()
	}
	f.put(t.dim, "tip ").put(p.strong(t), shortID(s.Tip.UUID)).gap(1).put(f.value, ago(s.Tip.Time, now)).gap(1)
	room := f.left() - len(end) - 2
	f.text(t.dim, clean(s.Tip.Comment).Cut(max(room, 0)))
	return f.gap(2).put(f.value, end).String()
}

func (p *fossilPane) strong(t *theme) style {
	if p.stale {
		return t.dim
	}
	return t.bold
}
