package logview

import (
	"regexp/syntax"
	"unicode"
)

// minAnchor is the shortest value worth looking for in the text; below it the
// field's key is rarer.
const minAnchor = 3

func (n allOf) anchor() literal {
	var best literal
	for _, term := range n {
		if l := term.anchor(); len(l.text) > len(best.text) {
			best = l
		}
	}
	return best
}

func (n anyOf) anchor() literal {
	if len(n) == 1 {
		return n[0].anchor()
	}
	return literal{}
}

func (n noneOf) anchor() literal    { return literal{} }
func (n levelTerm) anchor() literal { return literal{} }
func (n boundTerm) anchor() literal { return literal{} }
func (n runTerm) anchor() literal   { return literal{} }
func (n kindTerm) anchor() literal  { return literal{} }
func (n regexTerm) anchor() literal { return n.literal }

func (n textTerm) anchor() literal {
	return plainRun(n.text, !hasUpper(n.text))
}

func (n listTerm) anchor() literal {
	if n.field.name == "event" || n.field.kind == kindTime || n.field.kind == kindLevel {
		return literal{}
	}
	best := n.field.anchor()
	if len(n.values) > 1 || n.field.name == "slot" {
		for _, g := range n.values {
			if g.match(nil) {
				return literal{} // an absent value passes
			}
		}
		return best
	}
	for _, part := range n.values[0].parts {
		if l := plainRun(part, true); len(l.text) >= minAnchor && len(l.text)+minAnchor > len(best.text) {
			best = l
		}
	}
	if n.values[0].match(nil) && len(n.values[0].parts) == 1 {
		return literal{}
	}
	return best
}

func (n orderTerm) anchor() literal {
	if n.op == "!=" || n.field.kind == kindTime || n.field.name == "event" {
		return literal{}
	}
	if n.field.kind == kindText && n.exact.match(nil) {
		return literal{}
	}
	return n.field.anchor()
}

func (n regexField) anchor() literal {
	if n.field.kind == kindTime || n.field.kind == kindLevel || n.field.name == "event" {
		return literal{}
	}
	return n.field.anchor()
}

func (n hasTerm) anchor() literal {
	if len(n.fields) == 1 {
		return n.fields[0].anchor()
	}
	return literal{}
}

// anchor returns what every line with the field holds.
func (f field) anchor() literal {
	if f.name == "slot" {
		return literal{text: `"agent"`}
	}
	return literal{text: `"` + f.key + `"`}
}

// requiredLiteral returns the longest text that each match of the expression
// holds, as far as it looks the same in a JSON string.
func requiredLiteral(re *syntax.Regexp) literal {
	switch re.Op {
	case syntax.OpLiteral:
		return plainRun(string(re.Rune), re.Flags&syntax.FoldCase != 0)
	case syntax.OpCapture, syntax.OpPlus:
		return requiredLiteral(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return requiredLiteral(re.Sub[0])
		}
	case syntax.OpConcat:
		var best literal
		for _, sub := range re.Sub {
			if l := requiredLiteral(sub); len(l.text) > len(best.text) {
				best = l
			}
		}
		return best
	default:
	}
	return literal{}
}

// hasUpperLiteral reports whether the expression names an upper-case letter,
// other than in a class such as \S.
func hasUpperLiteral(re *syntax.Regexp) bool {
	if re.Op == syntax.OpLiteral {
		for _, r := range re.Rune {
			if unicode.IsUpper(r) {
				return true
			}
		}
	}
	if re.Op == syntax.OpCharClass && len(re.Rune) == 2 && re.Rune[1]-re.Rune[0] < 26 {
		return unicode.IsUpper(re.Rune[0])
	}
	for _, sub := range re.Sub {
		if hasUpperLiteral(sub) {
			return true
		}
	}
	return false
}
