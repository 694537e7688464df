package tui

import (
	"strings"

	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
)

// segment is a part of the header that is dropped as a whole when there is no
// room; the highest rank goes first.
type segment struct {
	rank  int
	spans []cells.Span
}

func (s segment) width() int {
	n := 0
	for _, p := range s.spans {
		n += p.Width()
	}
	return n
}

// header says which workspace this is and how its hub is.
func (m *model) header() string {
	t := m.theme
	left := m.identity()
	right := m.margin()
	for total(left)+total(right)+segmentGap+2 > m.w {
		l, r := worst(left), worst(right)
		if l < 0 && r < 0 {
			break
		}
		if r >= 0 && (l < 0 || right[r].rank > left[l].rank) {
			right = append(right[:r], right[r+1:]...)
		} else {
			left = append(left[:l], left[l+1:]...)
		}
	}
	line := cells.NewLine(t, m.w).Gap(1)
	put := func(all []segment) {
		for i, s := range all {
			if i > 0 {
				line.Gap(segmentGap)
			}
			for _, p := range s.spans {
				line.Put(p.Style, p.Text)
			}
		}
	}
	put(left)
	line.To(m.w - total(right) - 1)
	put(right)
	return line.String()
}

const segmentGap = 3

func total(all []segment) int {
	n := 0
	for i, s := range all {
		if i > 0 {
			n += segmentGap
		}
		n += s.width()
	}
	return n
}

// worst is the index of the segment to drop next; rank 0 is never dropped.
func worst(all []segment) int {
	at := -1
	for i, s := range all {
		if s.rank > 0 && (at < 0 || s.rank > all[at].rank) {
			at = i
		}
	}
	return at
}

func (m *model) identity() []segment {
	t := m.theme
	st, word, detail := m.hub.Badge(t, m.now)
	state := segment{0, []cells.Span{st.Span(word)}}
	if detail.Width() > 0 {
		state.spans = append(state.spans, t.Plain.Span(" "), t.Plain.Span(detail.Cut(max(m.w/2, 16)).String()))
	}
	out := []segment{
		{6, []cells.Span{t.Dim.Span("bones-tui")}},
		{0, []cells.Span{t.Bold.Span(m.name.Cut(max(m.w/4, 8)).String())}},
		{7, []cells.Span{t.Dim.Span(m.root.Cut(max(m.w/3, 8)).String())}},
		state,
	}
	if w := m.wait; w != nil && m.hub.Life != hubstate.Draining {
		out = append(out, segment{1, []cells.Span{t.BusyBold.Span(t.Work + " waits for " + cells.Plural(int64(len(w.left)), "slot", "slots"))}})
	}
	if s := m.hub.Status; m.hub.Known && !m.hub.Ended() {
		if s.PID > 0 {
			out = append(out, segment{4, []cells.Span{t.Dim.Span("pid "), t.Plain.Span(count0(s.PID))}})
		}
		if !s.StartedAt.IsZero() {
			out = append(out, segment{3, []cells.Span{t.Dim.Span("up "), t.Plain.Span(cells.Uptime(m.now.Sub(s.StartedAt)))}})
		}
		if s.LogLevel != "" && m.w >= 140 {
			out = append(out, segment{9, []cells.Span{t.Dim.Span("log "), t.Plain.Span(cells.Clean(strings.ToUpper(s.LogLevel)).String())}})
		}
	}
	return out
}

// margin is the right end of the header.
func (m *model) margin() []segment {
	t := m.theme
	var out []segment
	if n := len(m.findings()); n > 0 {
		out = append(out, segment{2, []cells.Span{t.WarnBold.Span(t.Alert + " " + cells.Plural(int64(n), "finding", "findings"))}})
	}
	if n := m.alarms.Unseen(); n > 0 {
		out = append(out, segment{1, []cells.Span{t.BadBold.Span(t.Fault + " " + cells.Plural(int64(n), "alarm", "alarms"))}})
	}
	if m.cfg.ReadOnly {
		out = append(out, segment{1, []cells.Span{t.Plain.Span("read-only")}})
	}
	return append(out, segment{8, []cells.Span{t.Dim.Span(m.now.Format("15:04 MST"))}})
}

// shortRoot writes the home directory as ~.
func shortRoot(root, home string) string {
	if n := len(home); n > 1 && len(root) >= n && root[:n] == home && (len(root) == n || root[n] == '/' || root[n] == '\\') {
		return "~" + root[n:]
	}
	return root
}
