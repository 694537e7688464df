package query

import (
	"regexp"
	"strings"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
	"bones-tui/logview/internal/search"
)

// node is one piece of a parsed filter.
type node interface {
	// byClass answers by the class byte alone if it can.
	byClass(c row.Class) Answer
	// match decides on the whole row.
	match(s *Subject) bool
	// anchors returns texts that each matching row holds.
	anchors() []search.Literal
	// print appends the node in canonical form.
	print(b *strings.Builder)
}

// Answer is whether a row matches, as far as that is known before its text is read.
type Answer uint8

// The answers.
const (
	Maybe Answer = iota
	No
	Yes
)

func answer(ok bool) Answer {
	if ok {
		return Yes
	}
	return No
}

type (
	// allOf holds if every term does; without terms it holds always.
	allOf []node
	// anyOf is a group in parentheses: one of its queries holds.
	anyOf []node
	// noneOf is a negated term.
	noneOf struct{ node }
	// textTerm is a substring of the line, smart case.
	textTerm struct {
		text string
		find search.Needle
	}
	// regexTerm is a regular expression over the line.
	regexTerm struct{ pattern }
	// listTerm is name:value,value.
	listTerm struct {
		field  field
		values []glob
	}
	// levelTerm is a comparison or a list of levels: the set that passes.
	levelTerm struct {
		text string
		set  [4]bool
		min  hublog.Level // floor, for >= and >
		has  bool         // there is a floor
	}
	// orderTerm compares a number or an exact value.
	orderTerm struct {
		field field
		op    string
		value string // as written
		num   int64  // milliseconds or a count
		when  moment
		exact glob // for = and != on text
	}
	// regexField is name~/pattern/.
	regexField struct {
		field field
		pattern
	}
	// boundTerm is since: or until:.
	boundTerm struct {
		until bool
		when  moment
	}
	// runTerm is run:, counted back from the last run.
	runTerm struct{ back int }
	// kindTerm is kind:.
	kindTerm struct{ kinds []row.Kind }
	// hasTerm is has:.
	hasTerm struct{ fields []field }
)

// pattern is a regular expression as written and as compiled.
type pattern struct {
	src      string
	fold     bool
	re       *regexp.Regexp
	literals []search.Literal  // in every match
	fast     *search.Automaton // nil if re is needed for everything
}

func (n *pattern) match(line []byte) bool {
	if n.fast != nil {
		if matched, sure := n.fast.Match(line); sure {
			return matched
		}
	}
	return n.re.Match(line)
}

func newText(s string) node { return textTerm{text: s, find: search.NewNeedle(s)} }
