package logview

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// literal is a text that is looked for; fold ignores the case of ASCII
// letters, and then text is in lower case.
type literal struct {
	text string
	fold bool
}

// needle finds a text in lines, both as typed and as JSON writes it in a
// string, smart case: a text without upper-case letters ignores case.
type needle struct {
	forms []finder // alternatives
	slow  string   // lower-case text with letters beyond ASCII, case ignored
}

func newNeedle(text string) needle {
	fold := !hasUpper(text)
	if fold && !isASCII([]byte(text)) {
		return needle{slow: text}
	}
	n := needle{}
	for _, form := range jsonForms(text) {
		n.forms = append(n.forms, newFinder(literal{text: form, fold: fold}, nil))
	}
	return n
}

func (n *needle) in(line []byte) bool {
	if n.slow != "" {
		lowered := bytes.ToLower(line)
		for _, form := range jsonForms(n.slow) {
			if bytes.Contains(lowered, []byte(form)) {
				return true
			}
		}
		return false
	}
	for i := range n.forms {
		if n.forms[i].index(line) >= 0 {
			return true
		}
	}
	return false
}

// jsonForms returns text as it is and as it may stand inside a JSON string:
// with and without the escapes that make it safe for HTML.
func jsonForms(text string) []string {
	forms := []string{text}
	for _, html := range []bool{true, false} {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(html)
		if enc.Encode(text) != nil {
			continue
		}
		form := strings.TrimSuffix(b.String(), "\n")
		form = form[1 : len(form)-1]
		if form != forms[len(forms)-1] && form != text && utf8.ValidString(text) {
			forms = append(forms, form)
		}
	}
	return forms
}

func hasUpper(s string) bool { return strings.ContainsFunc(s, unicode.IsUpper) }

// plainRuns returns the parts of text that look the same on disk whether it
// stands in a JSON string or not. Case-blind literals are ASCII.
func plainRuns(text string, fold bool) (runs []literal) {
	for run := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return r < ' ' || strings.ContainsRune("\"\\<>&\u2028\u2029\ufffd", r) || fold && r >= utf8.RuneSelf
	}) {
		if fold {
			run = strings.ToLower(run)
		}
		runs = append(runs, literal{text: run, fold: fold})
	}
	return runs
}

// rarest returns the literal that occurs least, to judge by its bytes.
func rarest(list []literal, counts *[256]uint32) literal {
	var best literal
	least := 0.0
	for _, l := range list {
		odds := 0.0
		for i := range len(l.text) {
			odds += math.Log(float64(l.frequency(i, counts)) / float64(total(counts)))
		}
		if odds < least {
			best, least = l, odds
		}
	}
	return best
}

// frequency is that of byte i of the literal, in both cases if need be.
func (l literal) frequency(i int, counts *[256]uint32) uint64 {
	n := frequency(l.text[i], counts)
	if other := upper(l.text[i]); l.fold && other != l.text[i] {
		n += frequency(other, counts)
	}
	return n
}

// finder searches for one literal, starting from its rarest byte: in logs the
// first byte of a needle is often the commonest of all.
type finder struct {
	literal
	at   int     // place of the rare byte in the literal
	both [2]byte // the rare byte; its other case if case is ignored
}

// newFinder picks the rare byte by how often each byte occurs; nil means the
// usual proportions of a log.
func newFinder(l literal, counts *[256]uint32) finder {
	f := finder{literal: l}
	best := ^uint64(0)
	for i := range len(l.text) {
		c, other := l.text[i], l.text[i]
		if l.fold {
			other = upper(c)
		}
		if n := l.frequency(i, counts); n < best {
			best, f.at, f.both = n, i, [2]byte{c, other}
		}
	}
	return f
}

// index returns the first place of the literal in hay, -1 if there is none.
func (f *finder) index(hay []byte) int {
	if f.text == "" {
		return 0
	}
	if f.both[0] != f.both[1] {
		return f.indexBoth(hay)
	}
	last := len(hay) - len(f.text) + f.at // the last place the rare byte may be
	for i := f.at; i <= last; i++ {
		j := bytes.IndexByte(hay[i:last+1], f.both[0])
		if j < 0 {
			return -1
		}
		i += j
		if f.matches(hay[i-f.at:]) {
			return i - f.at
		}
	}
	return -1
}

// indexBoth walks the two cases of the rare byte side by side.
func (f *finder) indexBoth(hay []byte) int {
	last := len(hay) - len(f.text) + f.at
	if last < f.at {
		return -1
	}
	hay = hay[:last+1+len(f.text)-f.at-1]
	window := hay[:last+1]
	next := func(from int, c byte) int {
		if from > last {
			return last + 1
		}
		if j := bytes.IndexByte(window[from:], c); j >= 0 {
			return from + j
		}
		return last + 1
	}
	a, b := next(f.at, f.both[0]), next(f.at, f.both[1])
	for {
		i := min(a, b)
		if i > last {
			return -1
		}
		if f.matches(hay[i-f.at:]) {
			return i - f.at
		}
		if i == a {
			a = next(i+1, f.both[0])
		} else {
			b = next(i+1, f.both[1])
		}
	}
}

// matches reports whether s, which is long enough, begins with the literal.
func (f *finder) matches(s []byte) bool {
	if f.fold {
		return hasPrefixFold(s, f.text)
	}
	return string(s[:len(f.text)]) == f.text
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
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
