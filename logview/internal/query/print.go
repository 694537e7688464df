package query

import (
	"strconv"
	"strings"
)

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
