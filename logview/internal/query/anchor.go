package query

import (
	"slices"

	"bones-tui/logview/internal/search"
)

func (n allOf) anchors() (list []search.Literal) {
	for _, term := range n {
		list = append(list, term.anchors()...)
	}
	return list
}

func (n anyOf) anchors() []search.Literal {
	if len(n) == 1 {
		return n[0].anchors()
	}
	return nil
}

func (n noneOf) anchors() []search.Literal    { return nil }
func (n levelTerm) anchors() []search.Literal { return nil }
func (n boundTerm) anchors() []search.Literal { return nil }
func (n runTerm) anchors() []search.Literal   { return nil }
func (n kindTerm) anchors() []search.Literal  { return nil }
func (n regexTerm) anchors() []search.Literal { return n.literals }
func (n textTerm) anchors() []search.Literal {
	return search.PlainRuns(n.text, !search.HasUpper(n.text))
}

func (n listTerm) anchors() []search.Literal {
	if n.field.isClassed() || slices.ContainsFunc(n.values, glob.matchesNothing) {
		return nil
	}
	list := n.field.anchors()
	if len(n.values) > 1 || n.field.name == "slot" {
		return list
	}
	for _, part := range n.values[0].parts {
		list = append(list, search.PlainRuns(part, true)...)
	}
	return list
}

func (n orderTerm) anchors() []search.Literal {
	if n.op == "!=" || n.field.isClassed() || n.field.kind == kindText && n.exact.matchesNothing() {
		return nil
	}
	return n.field.anchors()
}

func (n regexField) anchors() []search.Literal {
	if n.field.isClassed() {
		return nil
	}
	if n.field.name == "slot" {
		return n.field.anchors()
	}
	return append(n.field.anchors(), n.literals...)
}

func (n hasTerm) anchors() []search.Literal {
	if len(n.fields) == 1 && !n.fields[0].isClassed() {
		return n.fields[0].anchors()
	}
	return nil
}

// isClassed reports whether the class byte or the time of a row tells about
// the field, so that its key is in every entry.
func (f field) isClassed() bool {
	return f.name == "event" || f.kind == kindTime || f.kind == kindLevel
}

// anchors returns what every line with the field holds.
func (f field) anchors() []search.Literal {
	if f.name == "slot" {
		return []search.Literal{{Text: `"agent"`}}
	}
	return []search.Literal{{Text: `"` + f.key + `"`}}
}
