package query

import (
	"fmt"
	"strconv"
	"strings"

	"bones-tui/logview/safe"
)

// unquote resolves the backslashes of a quoted text: \u{…} is the character with
// that code point, before anything else a backslash only keeps its meaning off.
func unquote(s string) string {
	var b strings.Builder
	escaped, skip := false, 0
	for i, r := range s {
		switch {
		case i < skip:
			continue
		case !escaped && r == '\\':
			escaped = true
			continue
		case escaped && r == 'u' && codePoint(s[i:]) > 0:
			skip = i + codePoint(s[i:])
			b.WriteRune(codeOf(s[i:skip]))
		default:
			b.WriteRune(r)
		}
		escaped = false
	}
	return b.String()
}

// quote is the inverse of unquote. What it returns can be shown.
func quote(s string) string {
	return `"` + spelled(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s), 'u') + `"`
}

// codePoint is the length of "u{…}" at the start of s, 0 if that is no code point.
func codePoint(s string) int {
	n := strings.IndexByte(s, '}') + 1
	if n < len("u{0}") || s[1] != '{' {
		return 0
	}
	if code, err := strconv.ParseUint(s[2:n-1], 16, 32); err != nil || code > 0x10ffff || 0xd800 <= code && code < 0xe000 {
		return 0
	}
	return n
}

// codeOf is the character that "u{…}" stands for.
func codeOf(s string) rune {
	code, _ := strconv.ParseUint(s[2:len(s)-1], 16, 32) // codePoint has looked
	return rune(code)
}

// spelled writes what a screen would not show as its code point, after a backslash
// and the letter that the syntax around it wants.
func spelled(s string, letter rune) string {
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hidden(r) {
			fmt.Fprintf(&b, `\%c{%x}`, letter, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return !safe.Shown(r) }
