// Package services are the panes of NATS and Fossil, and what the two have in common.
package services

import (
	"strings"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/layout"
)

// service is what the two status panes have in common: where they are, which
// sample they show, and how old it is.
type service struct {
	w, h    int
	focused bool
	status  hub.Status
	known   bool // a sample has arrived
	aged    bool // the sample is not the newest that was asked for
	stale   bool // the sample no longer tells how things are
	life    hubstate.Life
	asOf    time.Time
	Version int // grows with every change of what is shown
}

// SetSize gives the pane its cells.
func (s *service) SetSize(w, h int) { s.w, s.h = w, h }

// SetFocus tells the pane whether it hears the keys.
func (s *service) SetFocus(on bool) { s.focused = on }

// SetHub gives the pane what is known of the hub.
func (s *service) SetHub(h *hubstate.State) {
	s.status, s.known, s.life, s.asOf = h.Status, h.Known, h.Life, h.AsOf
	s.Version++
	s.aged = h.Known && h.Aged()
	s.stale = h.Missed >= hubstate.MissedSamples || h.Ended()
}

// badge is a service's state as glyph and word, and its cause if it has one.
func (s *service) badge(t *cells.Theme, up bool, problem string) (st cells.Style, word string, cause safe.Text) {
	switch {
	case s.life == hubstate.Starting && !up:
		return t.Busy, t.Work + " starting", safe.Text{}
	case s.life == hubstate.Draining && !up: // as it should
		return t.Dim, t.Off + " closed", safe.Text{}
	case s.stale && s.life == hubstate.Degraded:
		return t.Warn, t.Alert + " stale", safe.Text{}
	case s.stale || !s.known:
		return t.Dim, t.Off + " off", safe.Text{}
	case !up:
		return t.Bad, t.Fault + " down", safe.String(problem)
	case problem != "":
		return t.Warn, t.Alert + " ok", safe.String(problem)
	default:
		return t.OK, t.Up + " ok", safe.Text{}
	}
}

// cause is a row that says what is wrong with the service, if anything is.
func (s *service) cause(t *cells.Theme, up bool, problem string) []string {
	st, _, cause := s.badge(t, up, problem)
	if cause.Width() == 0 {
		return nil
	}
	return []string{cells.NewLine(t, s.w).Gap(1).Text(st, cause).String()}
}

// heading is the rule over the pane: title, state, URL, and how old the numbers
// are once they have stopped coming, which is before they are called stale.
func (s *service) heading(t *cells.Theme, id layout.Pane, url string, up bool, problem string, now time.Time) string {
	st, word, _ := s.badge(t, up, problem)
	r := cells.Rule{Focused: s.focused, Left: []cells.Span{t.Bold.Span(id.String()), st.Span(word)}}
	if s.aged {
		r.Right = []cells.Span{t.Dim.Span("as of " + cells.Ago(s.asOf, now))}
	}
	if room := s.w - cells.LeftWidth(r.Left) - cells.RightWidth(r.Right) - 3; room < len(url) {
		url = Port(url)
	}
	if url != "" {
		r.Left = append(r.Left, t.Dim.Span(safe.String(url).String()))
	}
	return r.String(t, s.w)
}

// value is the style of a number: faint once it is no longer current.
func (s *service) value(t *cells.Theme) cells.Style {
	if s.stale {
		return t.Dim
	}
	return t.Plain
}

// labelWidth is the column of the status panes' row titles.
const labelWidth = 9

// facts is one row of a status pane: a faint title, then values, each followed
// by its faint unit.
type facts struct {
	*cells.Line
	t     *cells.Theme
	value cells.Style
}

func (s *service) facts(t *cells.Theme, title string) facts {
	l := cells.NewLine(t, s.w).Gap(1).Cell(t.Dim, title, labelWidth)
	return facts{Line: l, t: t, value: s.value(t)}
}

// add appends a value and its unit.
func (f facts) add(value, unit string) facts { return f.styled(f.value, value, unit) }

// styled is add in another style. A fact that does not fit is left out whole.
func (f facts) styled(s cells.Style, value, unit string) facts {
	if unit != "" {
		unit = " " + unit
	}
	if value == cells.Unknown {
		s = f.t.Dim
	}
	if f.room(value + unit) {
		f.Put(s, value).Put(f.t.Dim, unit)
	}
	return f
}

// named is a fact whose name goes first.
func (f facts) named(name, value string) facts {
	if f.room(name + " " + value) {
		f.Put(f.t.Dim, name+" ").Put(f.value, value)
	}
	return f
}

// room makes the gap to the next fact if that fits whole.
func (f facts) room(text string) bool {
	gap := 0
	if f.Column() > labelWidth+1 {
		gap = 3
	}
	if gap+cells.Width(text) > f.Left() {
		return false
	}
	f.Gap(gap)
	return true
}

// Port is the last part of a URL, ":41002", or nothing.
func Port(url string) string {
	i := strings.LastIndexByte(strings.TrimRight(url, "/"), ':')
	if i < 0 {
		return ""
	}
	return safe.String(strings.TrimRight(url[i:], "/")).Cut(7).String()
}

// compact begins the one-row form of a pane. ok is false if the row already says
// all there is to say: that there is nothing, or what is wrong.
func (s *service) compact(t *cells.Theme, id layout.Pane, url string, up bool, problem string, now time.Time) (l *cells.Line, ok bool) {
	st, word, cause := s.badge(t, up, problem)
	title := t.Bold
	if s.focused {
		title = t.Reverse
	}
	l = cells.NewLine(t, s.w).Gap(1).Put(title, id.String()).To(8).Cell(st, word, 11)
	if s.aged {
		l.Cell(t.Dim, "as of "+cells.Ago(s.asOf, now), 16)
	} else {
		l.Cell(t.Dim, Port(url), 8)
	}
	if cause.Width() > 0 && !up {
		l.Text(st, cause)
		return l, false
	}
	return l, s.known
}
