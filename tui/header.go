package tui

import (
	"strings"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
)

// header says which workspace this is and how its hub is.
func (m *model) header() string {
	t := m.theme
	left := m.identity()
	right := m.margin()
	return cells.Segments(t, left, right, m.w)
}

func (m *model) identity() []cells.Segment {
	t := m.theme
	st, word, detail := m.hub.Badge(t, m.now)
	state := cells.Segment{Rank: 0, Spans: []cells.Span{st.Span(word)}}
	if detail.Width() > 0 {
		state.Spans = append(state.Spans, t.Plain.Span(" "), t.Plain.Span(detail.Cut(max(m.w/2, 16)).String()))
	}
	out := []cells.Segment{
		{Rank: 6, Spans: []cells.Span{t.Dim.Span("bones-tui")}},
		{Rank: 0, Spans: []cells.Span{t.Bold.Span(m.name.Cut(max(m.w/4, 8)).String())}},
		{Rank: 7, Spans: []cells.Span{t.Dim.Span(m.root.Cut(max(m.w/3, 8)).String())}},
		state,
	}
	if w := m.wait; w != nil && m.hub.Life != hubstate.Draining {
		out = append(out, cells.Segment{Rank: 1, Spans: []cells.Span{t.BusyBold.Span(t.Work + " waits for " + cells.Plural(int64(len(w.left)), "slot", "slots"))}})
	}
	if s := m.hub.Status; m.hub.Known && !m.hub.Ended() {
		if s.PID > 0 {
			out = append(out, cells.Segment{Rank: 4, Spans: []cells.Span{t.Dim.Span("pid "), t.Plain.Span(count0(s.PID))}})
		}
		if !s.StartedAt.IsZero() {
			out = append(out, cells.Segment{Rank: 3, Spans: []cells.Span{t.Dim.Span("up "), t.Plain.Span(cells.Uptime(m.now.Sub(s.StartedAt)))}})
		}
		if s.LogLevel != "" && m.w >= 140 {
			out = append(out, cells.Segment{Rank: 9, Spans: []cells.Span{t.Dim.Span("log "), t.Plain.Span(cells.Clean(strings.ToUpper(s.LogLevel)).String())}})
		}
	}
	return out
}

// margin is the right end of the header.
func (m *model) margin() []cells.Segment {
	t := m.theme
	var out []cells.Segment
	if n := len(m.findings()); n > 0 {
		out = append(out, cells.Segment{Rank: 2, Spans: []cells.Span{t.WarnBold.Span(t.Alert + " " + cells.Plural(int64(n), "finding", "findings"))}})
	}
	if n := m.alarms.Unseen(); n > 0 {
		out = append(out, cells.Segment{Rank: 1, Spans: []cells.Span{t.BadBold.Span(t.Fault + " " + cells.Plural(int64(n), "alarm", "alarms"))}})
	}
	if m.cfg.ReadOnly {
		out = append(out, cells.Segment{Rank: 1, Spans: []cells.Span{t.Plain.Span("read-only")}})
	}
	return append(out, cells.Segment{Rank: 8, Spans: []cells.Span{t.Dim.Span(m.now.Format("15:04 MST"))}})
}
