package logview

import (
	"slices"
)

func (n allOf) anchors() (list []literal) {
	for _, term := range n {
		list = append(list, term.anchors()...)
	}
	return list
}

func (n anyOf) anchors() []literal {
	if len(n) == 1 {
		return n[0].anchors()
	}
	return nil
}

func (n noneOf) anchors() []literal    { return nil }
func (n levelTerm) anchors() []literal { return nil }
func (n boundTerm) anchors() []literal { return nil }
func (n runTerm) anchors() []literal   { return nil }
func (n kindTerm) anchors() []literal  { return nil }
func (n regexTerm) anchors() []literal { return n.literals }
func (n textTerm) anchors() []literal  { return plainRuns(n.text, !hasUpper(n.text)) }

func (n listTerm) anchors() []literal {
	if n.field.isClassed() || slices.ContainsFunc(n.values, glob.matchesNothing) {
		return nil
	}
	list := n.field.anchors()
	if len(n.values) > 1 || n.field.name == "slot" {
		return list
	}
	for _, part := range n.values[0].parts {
		list = append(list, plainRuns(part, true)...)
	}
	return list
}

func (n orderTerm) anchors() []literal {
	if n.op == "!=" || n.field.isClassed() || n.field.kind == kindText && n.exact.matchesNothing() {
		return nil
	}
	return n.field.anchors()
}

func (n regexField) anchors() []literal {
	if n.field.isClassed() {
		return nil
	}
	if n.field.name == "slot" {
		return n.field.anchors()
	}
	return append(n.field.anchors(), n.literals...)
}

func (n hasTerm) anchors() []literal {
	if len(n.fields) == 1 && !n.fields[0].isClassed() {
		return n.fields[0].anchors()
	}
	return nil
}

// matchesNothing reports whether an absent value fits the pattern.
func (g glob) matchesNothing() bool { return len(g.parts) == 1 && g.parts[0] == "" }

// isClassed reports whether the class byte or the time of a row tells about
// the field, so that its key is in every entry.
func (f field) isClassed() bool {
	return f.name == "event" || f.kind == kindTime || f.kind == kindLevel
}

// anchors returns what every line with the field holds.
func (f field) anchors() []literal {
	if f.name == "slot" {
		return []literal{{text: `"agent"`}}
	}
	return []literal{{text: `"` + f.key + `"`}}
}
