package logview

import (
	"regexp"
	"strconv"
	"strings"

	"bones-tui/hub/hublog"
)

// node is one piece of a parsed filter.
type node interface {
	// judge decides on the class byte alone if it can.
	judge(c class) verdict
	// match decides on the whole row.
	match(s *subject) bool
	// anchors returns texts that each matching row holds.
	anchors() []literal
	// print appends the node in canonical form.
	print(b *strings.Builder)
}

// verdict is what is known of a row before its text is read.
type verdict uint8

const (
	maybe verdict = iota
	no
	yes
)

func verdictOf(ok bool) verdict {
	if ok {
		return yes
	}
	return no
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
		find needle
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
	kindTerm struct{ kinds []Kind }
	// hasTerm is has:.
	hasTerm struct{ fields []field }
)

// pattern is a regular expression as written and as compiled.
type pattern struct {
	src      string
	fold     bool
	re       *regexp.Regexp
	literals []literal  // in every match
	fast     *automaton // nil if re is needed for everything
}

func (n *pattern) match(line []byte) bool {
	if n.fast != nil {
		if matched, sure := n.fast.match(line); sure {
			return matched
		}
	}
	return n.re.Match(line)
}

func (n allOf) print(b *strings.Builder) {
	for i, term := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		term.print(b)
	}
}

func (n anyOf) print(b *strings.Builder) {
	b.WriteByte('(')
	for i, query := range n {
		if i > 0 {
			b.WriteString(" | ")
		}
		query.print(b)
	}
	b.WriteByte(')')
}

func (n noneOf) print(b *strings.Builder) {
	b.WriteByte('-')
	n.node.print(b)
}

func (n textTerm) print(b *strings.Builder) {
	if isBareText(n.text) {
		b.WriteString(n.text)
		return
	}
	b.WriteString(quote(n.text))
}

func (n pattern) print(b *strings.Builder) {
	b.WriteString("/" + spelled(strings.ReplaceAll(n.src, "/", `\/`), 'x') + "/")
	if n.fold {
		b.WriteByte('i')
	}
}

func (n listTerm) print(b *strings.Builder) {
	b.WriteString(n.field.name)
	for i, v := range n.values {
		b.WriteByte(":,"[min(i, 1)])
		b.WriteString(v.String())
	}
}

func (n levelTerm) print(b *strings.Builder) { b.WriteString("level" + n.text) }

func (n orderTerm) print(b *strings.Builder) {
	b.WriteString(n.field.name + n.op)
	if n.field.kind == kindText {
		b.WriteString(n.exact.String())
		return
	}
	b.WriteString(n.value)
}

func (n regexField) print(b *strings.Builder) {
	b.WriteString(n.field.name + "~")
	n.pattern.print(b)
}

func (n boundTerm) print(b *strings.Builder) {
	name := "since:"
	if n.until {
		name = "until:"
	}
	b.WriteString(name + n.when.src)
}

func (n runTerm) print(b *strings.Builder) { b.WriteString("run:" + runName(n.back)) }

func (n kindTerm) print(b *strings.Builder) {
	for i, k := range n.kinds {
		b.WriteString([]string{"kind:", ","}[min(i, 1)])
		b.WriteString(k.String())
	}
}

func (n hasTerm) print(b *strings.Builder) {
	for i, f := range n.fields {
		b.WriteString([]string{"has:", ","}[min(i, 1)])
		b.WriteString(f.name)
	}
}

// isBareText reports whether a text needs no quotes to be read as text again.
func isBareText(s string) bool {
	if s == "" || strings.ContainsFunc(s, needsQuotes) || strings.ContainsRune(`-!`, rune(s[0])) {
		return false
	}
	sc := scanner{src: []rune(s)}
	return sc.name() == ""
}

// runName is the canonical name of a run, counted back from the last.
func runName(back int) string {
	switch back {
	case 0:
		return "last"
	case 1:
		return "prev"
	default:
		return strconv.Itoa(back)
	}
}
