package search

import (
	"math"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Literal is a text that is looked for. Fold ignores the case of ASCII letters;
// then Text is in lower case.
type Literal struct {
	Text string
	Fold bool
}

// PlainRuns returns the parts of text that look the same on disk whether it
// stands in a JSON string or not. Case-blind literals are ASCII.
func PlainRuns(text string, fold bool) (runs []Literal) {
	for run := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return r < ' ' || strings.ContainsRune("\"\\<>&\u2028\u2029\ufffd", r) || fold && r >= utf8.RuneSelf
	}) {
		if fold {
			run = strings.ToLower(run)
		}
		runs = append(runs, Literal{Text: run, Fold: fold})
	}
	return runs
}

// Rarest returns the literal that occurs least, to judge by its bytes; counts is how
// often each byte occurs, nil means the usual proportions of a log.
func Rarest(list []Literal, counts *[256]uint32) Literal {
	var best Literal
	least := 0.0
	for _, l := range list {
		odds := 0.0
		for i := range len(l.Text) {
			odds += math.Log(float64(l.frequency(i, counts)) / float64(total(counts)))
		}
		if odds < least {
			best, least = l, odds
		}
	}
	return best
}

// frequency is that of byte i of the literal, in both cases if need be.
func (l Literal) frequency(i int, counts *[256]uint32) uint64 {
	n := frequency(l.Text[i], counts)
	if other := upper(l.Text[i]); l.Fold && other != l.Text[i] {
		n += frequency(other, counts)
	}
	return n
}

// frequency estimates how often a byte occurs. The fallback ranks what JSON
// and English are made of.
func frequency(c byte, counts *[256]uint32) uint64 {
	if counts != nil {
		return uint64(counts[c]) + 1
	}
	const common = "\"e,:tsaloci-nr0m2dkp1 .u3456789Tf{}\nhIybgvZ"
	if i := strings.IndexByte(common, c); i >= 0 {
		return uint64(2*(len(common)-i) + 100)
	}
	if c >= ' ' && c < 0x7f {
		return 50
	}
	return 1
}

// total is what frequency is a part of.
func total(counts *[256]uint32) (n uint64) {
	for c := range 256 {
		n += frequency(byte(c), counts)
	}
	return n
}

// Required returns texts that each match of the expression holds, as far as they look
// the same in a JSON string.
func Required(re *syntax.Regexp) (list []Literal) {
	switch re.Op {
	case syntax.OpLiteral:
		return PlainRuns(string(re.Rune), re.Flags&syntax.FoldCase != 0)
	case syntax.OpCapture, syntax.OpPlus:
		return Required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return Required(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			list = append(list, Required(sub)...)
		}
	default:
	}
	return list
}

// NamesUpper reports whether the expression names an upper-case letter,
// other than in a class such as \S.
func NamesUpper(re *syntax.Regexp) bool {
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
		if NamesUpper(sub) {
			return true
		}
	}
	return false
}
