package logview

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/hublog"
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
func (f *Filter) Match(r Row, now time.Time) bool {
	if f == nil {
		return true
	}
	s := subject{class: class(r.Level), kind: r.Kind, text: []byte(r.Text), at: r.Time, now: now, back: -1}
	if r.Kind == KindEntry {
		s.entry = &r.Entry
		s.class = class(r.Entry.Level) | eventClass(r.Entry.Event)
		s.at = r.Entry.Ts.Time
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
	s := subject{
		class: class(e.Level) | eventClass(e.Event), kind: KindEntry,
		text: []byte(text), entry: &e, at: e.Ts.Time, now: now, back: -1,
	}
	return f.root.match(&s)
}

// since returns the filter for rows from a moment on, as "since:" does. The error is
// a *SyntaxError in columns of text.
func since(text string) (*Filter, error) {
	when, ok := parseMoment(text)
	if !ok {
		return nil, &SyntaxError{Col: 1, Msg: fmt.Sprintf("%q is not a time", text), Hint: momentHint}
	}
	return &Filter{root: allOf{boundTerm{when: when}}}, nil
}

// and returns the filter for what f and g let through, with the neighbours that f
// asks for.
func (f *Filter) and(g *Filter) *Filter {
	terms := append(append(allOf(nil), f.terms()...), g.terms()...)
	return &Filter{root: terms, context: f.neighbours()}
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

// With returns the filter with a term on a field. "!=" adds the values to
// those that the filter leaves out. Every other operator replaces what the
// filter asked of the field so far. A term that would not be legal changes
// nothing.
func (f *Filter) With(name, op string, values ...string) *Filter {
	fld, ok := fieldNamed(name)
	if !ok || len(values) == 0 {
		return f
	}
	exclude := op == "!="
	if exclude {
		op = ":"
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = parseGlob(v, false).String()
	}
	added, err := ParseFilter(fld.name + op + strings.Join(quoted, ","))
	if err != nil {
		return f
	}
	if fld.kind == kindContext {
		return &Filter{root: f.terms(), context: added.context}
	}
	term := added.root[0]
	if exclude {
		return f.excluding(term)
	}
	return f.replacing(fld.name, term)
}

// Without returns the filter without its terms on a field, negated or not.
func (f *Filter) Without(name string) *Filter {
	fld, ok := fieldNamed(name)
	if !ok || f == nil {
		return f
	}
	g := &Filter{context: f.context}
	if fld.kind == kindContext {
		g.context = 0
	}
	for _, term := range f.root {
		if on, _ := termField(term); on != fld.name {
			g.root = append(g.root, term)
		}
	}
	return g
}

// replacing puts a term where the first one on that field was.
func (f *Filter) replacing(name string, term node) *Filter {
	g := &Filter{context: f.neighbours()}
	for _, old := range f.terms() {
		on, negated := termField(old)
		if on != name || negated {
			g.root = append(g.root, old)
		} else if term != nil {
			g.root, term = append(g.root, term), nil
		}
	}
	if term != nil {
		g.root = append(g.root, term)
	}
	return g
}

// excluding adds a negated term, or its values to the one that is there.
func (f *Filter) excluding(term node) *Filter {
	g := &Filter{root: append(allOf(nil), f.terms()...), context: f.neighbours()}
	list, isList := term.(listTerm)
	for i, old := range g.root {
		negated, _ := old.(noneOf)
		before, ok := negated.node.(listTerm)
		if ok && isList && before.field.name == list.field.name {
			merged := listTerm{field: list.field, values: before.values}
			for _, v := range list.values {
				if !hasValue(merged.values, v) {
					merged.values = append(merged.values[:len(merged.values):len(merged.values)], v)
				}
			}
			g.root[i] = noneOf{merged}
			return g
		}
	}
	g.root = append(g.root, noneOf{term})
	return g
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
