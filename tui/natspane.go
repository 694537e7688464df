package tui

import (
	"time"

	"bones-tui/hub/natsd"
)

// natsPane shows the coordination server.
type natsPane struct {
	service
	inMsgs, outMsgs, inBytes, outBytes rate
}

// SetHub takes the newest sample; two of them make a rate.
func (p *natsPane) SetHub(h *hubState) {
	fresh := h.known && !h.asOf.Equal(p.asOf)
	p.service.SetHub(h)
	s := p.status.NATS.Server
	if s == nil {
		p.each((*rate).forget)
	} else if fresh {
		p.inMsgs.add(float64(s.InMsgs), p.status.At)
		p.outMsgs.add(float64(s.OutMsgs), p.status.At)
		p.inBytes.add(float64(s.InBytes), p.status.At)
		p.outBytes.add(float64(s.OutBytes), p.status.At)
	}
}

func (p *natsPane) each(f func(*rate)) {
	for _, r := range []*rate{&p.inMsgs, &p.outMsgs, &p.inBytes, &p.outBytes} {
		f(r)
	}
}

// View draws the pane: one row if that is all it has, else a rule and rows.
func (p *natsPane) View(t *theme, now time.Time) []string {
	if p.h == 1 {
		return []string{p.oneLine(t, now)}
	}
	n := p.status.NATS
	lines := []string{p.heading(t, paneNATS, n.URL, n.Up, n.Problem, now)}
	lines = append(lines, p.cause(t, n.Up, n.Problem)...)
	lines = append(lines, p.connections(t), p.traffic(t, "in", &p.inMsgs, &p.inBytes),
		p.traffic(t, "out", &p.outMsgs, &p.outBytes), p.streams(t), p.process(t))
	return fit(lines, p.h)
}

func (p *natsPane) server() (natsd.ServerStats, bool) {
	if s := p.status.NATS.Server; s != nil {
		return *s, true
	}
	return natsd.ServerStats{}, false
}

func (p *natsPane) connections(t *theme) string {
	f := p.facts(t, "conns")
	s, ok := p.server()
	if !ok {
		return p.rtt(f.add(unknown, ""))
	}
	f.add(count(int64(s.Connections)), "").add(count(int64(s.Subscriptions)), "subs")
	slow := f.value
	if s.SlowConsumers > 0 && !p.stale {
		slow = t.warn
	}
	f.styled(slow, count(s.SlowConsumers), "slow")
	if s.Refused > 0 {
		f.styled(t.warn, count(int64(s.Refused)), "refused")
	}
	return p.rtt(f)
}

func (p *natsPane) rtt(f facts) string {
	if rtt := p.status.NATS.RTT; rtt > 0 {
		f.named("rtt", latency(rtt))
	}
	return f.String()
}

// rateText is a rate in its unit, or a sign that it is not known yet.
func rateText(t *theme, r *rate, ok bool, format func(float64) string) string {
	switch {
	case !ok:
		return unknown
	case !r.known:
		return t.ellipsis
	default:
		return format(r.now)
	}
}

func (p *natsPane) traffic(t *theme, title string, msgs, bytes *rate) string {
	_, ok := p.server()
	l := p.facts(t, title)
	if !ok {
		return l.add(unknown, "").String()
	}
	st := p.value(t)
	l.right(st, rateText(t, msgs, ok, perSecond), 6).put(t.dim, " msg/s")
	l.right(st, rateText(t, bytes, ok, size), 7).put(t.dim, "/s").gap(2)
	bars := t.ok
	if p.stale {
		bars = t.dim
	}
	return l.put(bars, spark(msgs.points, min(l.left()-1, sparkPoints), t.spark)).String()
}

func (p *natsPane) streams(t *theme) string {
	f := p.facts(t, "streams")
	js := p.status.NATS.JetStream
	if js == nil {
		return f.add(unknown, "").String()
	}
	f.add(count(int64(js.Streams)), "").add(count(int64(js.Messages)), "msgs").add(size(float64(js.StoreBytes)), "stored")
	f.add(count(int64(js.Consumers)), "consumers")
	if js.APIErrors > 0 {
		f.add(count(int64(js.APIErrors)), "api errors")
	}
	return f.String()
}

func (p *natsPane) process(t *theme) string {
	f := p.facts(t, "server")
	s, ok := p.server()
	if !ok {
		return f.add(unknown, "").String()
	}
	f.text(f.value, clean(s.Version))
	memory, cpu := unknown, unknown
	if s.Mem > 0 { // a server that tells of its memory tells of its load as well
		memory, cpu = size(float64(s.Mem)), percent(s.CPU)
	}
	return f.named("memory", memory).named("cpu", cpu).String()
}

// oneLine is the pane on a small screen.
func (p *natsPane) oneLine(t *theme, now time.Time) string {
	n := p.status.NATS
	l, ok := p.compact(t, paneNATS, n.URL, n.Up, n.Problem, now)
	if !ok {
		return l.String()
	}
	f := facts{line: l, t: t, value: p.value(t)}
	s, ok := p.server()
	if !ok {
		return f.add(unknown, "conns").add(unknown, "msgs").String()
	}
	f.add(count(int64(s.Connections)), "conns").gap(2).put(t.dim, "in ").
		right(f.value, rateText(t, &p.inMsgs, ok, perSecond)+"/s", 6).gap(1).
		put(t.ok, spark(p.inMsgs.points, 8, t.spark)).gap(2).
		put(t.dim, "out ").right(f.value, rateText(t, &p.outMsgs, ok, perSecond)+"/s", 6)
	if js := n.JetStream; js != nil {
		f.gap(2).put(t.dim, "js ").put(f.value, size(float64(js.StoreBytes)))
	}
	return f.String()
}
