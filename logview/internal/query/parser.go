package query

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"bones-tui/logview/internal/search"
)

type parser struct {
	scanner
	negated int // enclosing negations
	context int
}

// negate drops the parentheses around a single term, and a double negation.
func negate(term node) node {
	if group, ok := term.(anyOf); ok && len(group) == 1 && len(group[0].(allOf)) == 1 {
		term = group[0].(allOf)[0]
	}
	if not, ok := term.(noneOf); ok {
		return not.node
	}
	return noneOf{term}
}

// compile checks and compiles a regular expression with smart case.
func (p *parser) compile(at int, src string, fold bool) (pattern, error) {
	parsed, err := syntax.Parse(src, syntax.Perl)
	if err != nil {
		msg := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return pattern{}, p.fail(at, "RE2 syntax, as in Go", "broken regular expression: %s", msg)
	}
	flags, prefix := syntax.Perl, ""
	if fold || !search.NamesUpper(parsed) {
		flags, prefix = flags|syntax.FoldCase, "(?i)"
	}
	re, err := regexp.Compile(prefix + src)
	if err != nil {
		return pattern{}, p.fail(at, "", "broken regular expression: %v", err)
	}
	parsed, err = syntax.Parse(src, flags)
	if err != nil {
		return pattern{}, p.fail(at, "", "broken regular expression: %v", err)
	}
	parsed = parsed.Simplify()
	return pattern{src: src, fold: fold, re: re, literals: search.Required(parsed), fast: search.NewAutomaton(parsed)}, nil
}

// value is one value as written, and where.
type value struct {
	at     int
	text   string // raw
	quoted bool
}

// plain is the value without its escapes.
func (v value) plain() string {
	if v.quoted {
		return unquote(v.text)
	}
	return v.text
}

const (
	maxFilter  = 4096 // runes
	maxDepth   = 50   // groups in groups
	maxContext = 100
	maxRuns    = 999
)
