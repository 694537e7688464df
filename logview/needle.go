package logview

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

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

// isPlain reports whether the text looks the same wherever it stands, so that a line
// that holds it as it is, and none else, matches.
func (n *needle) isPlain() bool { return len(n.forms) == 1 }

// spans returns where the text stands in s, as pairs of offsets.
func (n *needle) spans(s []byte) (found [][2]int) {
	for i := range n.forms {
		f := &n.forms[i]
		for from := 0; from < len(s); {
			at := f.index(s[from:])
			if at < 0 {
				break
			}
			found = append(found, [2]int{from + at, from + at + len(f.text)})
			from += at + len(f.text)
		}
	}
	return found
}
