package search

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Needle finds a text in lines, both as typed and as JSON writes it in a
// string, smart case: a text without upper-case letters ignores case.
type Needle struct {
	forms []Finder // alternatives
	slow  string   // lower-case text with letters beyond ASCII, case ignored
}

// NewNeedle makes the search for a text.
func NewNeedle(text string) Needle {
	fold := !HasUpper(text)
	if fold && !IsASCII([]byte(text)) {
		return Needle{slow: text}
	}
	n := Needle{}
	for _, form := range jsonForms(text) {
		n.forms = append(n.forms, NewFinder(Literal{Text: form, Fold: fold}, nil))
	}
	return n
}

// In reports whether a line holds the text.
func (n *Needle) In(line []byte) bool {
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
		if n.forms[i].Index(line) >= 0 {
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

// IsPlain reports whether JSON writes the text as it is typed, so that it is found where
// its bytes are and nowhere else.
func (n *Needle) IsPlain() bool { return len(n.forms) == 1 }

// Spans returns where the text stands in s, as pairs of offsets.
func (n *Needle) Spans(s []byte) (found [][2]int) {
	for i := range n.forms {
		f := &n.forms[i]
		for from := 0; from < len(s); {
			at := f.Index(s[from:])
			if at < 0 {
				break
			}
			found = append(found, [2]int{from + at, from + at + len(f.Text)})
			from += at + len(f.Text)
		}
	}
	return found
}
