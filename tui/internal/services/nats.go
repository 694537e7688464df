package services

import (
	"time"

	"bones-tui/hub/natsd"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/layout"
)

// NATS shows the coordination server.
type NATS struct {
	service
	inMsgs, outMsgs, inBytes, outBytes cells.Rate
}

// SetHub takes the newest sample; two of them make a rate.
func (p *NATS) SetHub(h *hubstate.State) {
	fresh := h.Known && !h.AsOf.Equal(p.asOf)
	p.service.SetHub(h)
	s := p.status.NATS.Server
	if s == nil {
		p.each((*cells.Rate).Forget)
	} else if fresh {
		p.inMsgs.Add(float64(s.InMsgs), p.status.At)
		p.outMsgs.Add(float64(s.OutMsgs), p.status.At)
		p.inBytes.Add(float64(s.InBytes), p.status.At)
		p.outBytes.Add(float64(s.OutBytes), p.status.At)
	}
}

func (p *NATS) each(f func(*cells.Rate)) {
	for _, r := range []*cells.Rate{&p.inMsgs, &p.outMsgs, &p.inBytes, &p.outBytes} {
		f(r)
	}
}

// View draws the pane: one row if that is all it has, else a rule and rows.
func (p *NATS) View(t *cells.Theme, now time.Time) []string {
	if p.h == 1 {
		return []string{p.oneLine(t, now)}
	}
	n := p.status.NATS
	lines := []string{p.heading(t, layout.NATS, n.URL, n.Up, n.Problem, now)}
	lines = append(lines, p.cause(t, n.Up, n.Problem)...)
	lines = append(lines, p.connections(t), p.traffic(t, "in", &p.inMsgs, &p.inBytes),
		p.traffic(t, "out", &p.outMsgs, &p.outBytes), p.streams(t), p.process(t))
	return cells.Fit(lines, p.h)
}

func (p *NATS) server() (natsd.ServerStats, bool) {
	if s := p.status.NATS.Server; s != nil {
		return *s, true
	}
	return natsd.ServerStats{}, false
}

func (p *NATS) connections(t *cells.Theme) string {
	f := p.facts(t, "conns")
	s, ok := p.server()
	if !ok {
		return p.rtt(f.add(cells.Unknown, ""))
	}
	f.add(cells.Count(int64(s.Connections)), "").add(cells.Count(int64(s.Subscriptions)), "subs")
	slow := f.value
	if s.SlowConsumers > 0 && !p.stale {
		slow = t.Warn
	}
	f.styled(slow, cells.Count(s.SlowConsumers), "slow")
	if s.Refused > 0 {
		f.styled(t.Warn, cells.Count(int64(s.Refused)), "refused")
	}
	return p.rtt(f)
}

func (p *NATS) rtt(f facts) string {
	if rtt := p.status.NATS.RTT; rtt > 0 {
		f.named("rtt", cells.Latency(rtt))
	}
	return f.String()
}

// rateText is a rate in its unit, or a sign that it is not known yet.
func rateText(t *cells.Theme, r *cells.Rate, ok bool, format func(float64) string) string {
	switch {
	case !ok:
		return cells.Unknown
	case !r.Known:
		return t.Ellipsis
	default:
		return format(r.Now)
	}
}

func (p *NATS) traffic(t *cells.Theme, title string, msgs, bytes *cells.Rate) string {
	_, ok := p.server()
	l := p.facts(t, title)
	if !ok {
		return l.add(cells.Unknown, "").String()
	}
	st := p.value(t)
	l.Right(st, rateText(t, msgs, ok, cells.PerSecond), 6).Put(t.Dim, " msg/s")
	l.Right(st, rateText(t, bytes, ok, cells.Size), 7).Put(t.Dim, "/s").Gap(2)
	bars := t.OK
	if p.stale {
		bars = t.Dim
	}
	return l.Put(bars, cells.Spark(msgs.Points, min(l.Left()-1, cells.SparkPoints), t.Spark)).String()
}

func (p *NATS) streams(t *cells.Theme) string {
	f := p.facts(t, "streams")
	js := p.status.NATS.JetStream
	if js == nil {
		return f.add(cells.Unknown, "").String()
	}
	f.add(cells.Count(int64(js.Streams)), "").add(cells.Count(int64(js.Messages)), "msgs").add(cells.Size(float64(js.StoreBytes)), "stored")
	f.add(cells.Count(int64(js.Consumers)), "consumers")
	if js.APIErrors > 0 {
		f.add(cells.Count(int64(js.APIErrors)), "api errors")
	}
	return f.String()
}

func (p *NATS) process(t *cells.Theme) string {
	f := p.facts(t, "server")
	s, ok := p.server()
	if !ok {
		return f.add(cells.Unknown, "").String()
	}
	f.Text(f.value, cells.Clean(s.Version))
	memory, cpu := cells.Unknown, cells.Unknown
	if s.Mem > 0 { // a server that tells of its memory tells of its load as well
		memory, cpu = cells.Size(float64(s.Mem)), cells.Percent(s.CPU)
	}
	return f.named("memory", memory).named("cpu", cpu).String()
}

// oneLine is the pane on a small screen.
func (p *NATS) oneLine(t *cells.Theme, now time.Time) string {
	n := p.status.NATS
	l, ok := p.compact(t, layout.NATS, n.URL, n.Up, n.Problem, now)
	if !ok {
		return l.String()
	}
	f := facts{Line: l, t: t, value: p.value(t)}
	s, ok := p.server()
	if !ok {
		return f.add(cells.Unknown, "conns").add(cells.Unknown, "msgs").String()
	}
	f.add(cells.Count(int64(s.Connections)), "conns").Gap(2).Put(t.Dim, "in ").
		Right(f.value, rateText(t, &p.inMsgs, ok, cells.PerSecond)+"/s", 6).Gap(1).
		Put(t.OK, cells.Spark(p.inMsgs.Points, 8, t.Spark)).Gap(2).
		Put(t.Dim, "out ").Right(f.value, rateText(t, &p.outMsgs, ok, cells.PerSecond)+"/s", 6)
	if js := n.JetStream; js != nil {
		f.Gap(2).Put(t.Dim, "js ").Put(f.value, cells.Size(float64(js.StoreBytes)))
	}
	return f.String()
}
