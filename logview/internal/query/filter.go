package query

import (
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

// Filter is a parsed filter. It is immutable. The zero value and nil match
// everything.
type Filter struct {
	root    allOf
	context int // neighbours of each match that are shown as well
}

// String returns the filter in canonical form; parsing that gives an equal
// filter. It is empty for a filter that matches everything.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	var b strings.Builder
	f.root.print(&b)
	if f.context > 0 {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("ctx:" + strconv.Itoa(f.context))
	}
	return b.String()
}

// Match judges a row by what it holds: its entry, or the part of a raw row
// that Text shows. It says nothing about neighbours (ctx), and takes every row
// for one of the run asked for; a View knows both.
func (f *Filter) Match(r row.Row, now time.Time) bool {
	if f == nil {
		return true
	}
	s := Subject{Class: row.Class(r.Level), Kind: r.Kind, Text: []byte(r.Text), Time: r.Time, Now: now, RunsSince: -1}
	if r.Kind == row.KindEntry {
		s.Entry = &r.Entry
		s.Class = row.Class(r.Entry.Level) | row.EventClass(r.Entry.Event)
		s.Time = r.Entry.Ts.Time
	}
	return f.root.match(&s)
}

// MatchFields judges something that is not a row of a log, such as a slot: an
// entry with the fields it has in common with one, and the text that bare
// words and expressions are looked for in.
func (f *Filter) MatchFields(e hublog.Entry, text string, now time.Time) bool {
	if f == nil {
		return true
	}
	s := Subject{
		Class: row.Class(e.Level) | row.EventClass(e.Event), Kind: row.KindEntry,
		Text: []byte(text), Entry: &e, Time: e.Ts.Time, Now: now, RunsSince: -1,
	}
	return f.root.match(&s)
}

// MinLevel is the level that a "level>=" term of the filter asks for;
// LevelDebug if there is none.
func (f *Filter) MinLevel() hublog.Level {
	least := hublog.LevelDebug
	for _, term := range f.terms() {
		if l, ok := term.(levelTerm); ok && l.has {
			least = max(least, l.min)
		}
	}
	return least
}

// Events are the values of the filter's "event:" term; nil if there is none.
func (f *Filter) Events() []string {
	for _, term := range f.terms() {
		if l, ok := term.(listTerm); ok && l.field.name == "event" {
			var events []string
			for _, v := range l.values {
				events = append(events, v.String())
			}
			return events
		}
	}
	return nil
}

func hasValue(list []glob, v glob) bool {
	for _, g := range list {
		if g.String() == v.String() {
			return true
		}
	}
	return false
}

func (f *Filter) terms() allOf {
	if f == nil {
		return nil
	}
	return f.root
}

func (f *Filter) neighbours() int {
	if f == nil {
		return 0
	}
	return f.context
}

// termField returns the name of the field that a term is about.
func termField(n node) (name string, negated bool) {
	switch n := n.(type) {
	case noneOf:
		name, _ = termField(n.node)
		return name, true
	case listTerm:
		return n.field.name, false
	case levelTerm:
		return "level", false
	case orderTerm:
		return n.field.name, false
	case regexField:
		return n.field.name, false
	case boundTerm:
		if n.until {
			return "until", false
		}
		return "since", false
	case runTerm:
		return "run", false
	case kindTerm:
		return "kind", false
	case hasTerm:
		return "has", false
	default:
		return "", false
	}
}
