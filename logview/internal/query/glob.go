package query

import (
	"bytes"
	"strings"
	"unicode"

	"bones-tui/logview/internal/search"
	"bones-tui/logview/safe"
)

// glob is a value pattern: literal parts with anything between them. Case is
// ignored; the parts are kept in lower case. A single part is an exact value.
type glob struct{ parts []string }

// parseGlob reads a value. In a quoted one a backslash takes the meaning off
// the next character, and \u{…} is a code point; in a bare one there is nothing to
// escape.
func parseGlob(s string, quoted bool) glob {
	var parts []string
	var b strings.Builder
	escaped, skip := false, 0
	for i, r := range s {
		switch {
		case i < skip:
			continue
		case quoted && !escaped && r == '\\':
			escaped = true
			continue
		case escaped && r == 'u' && codePoint(s[i:]) > 0:
			skip = i + codePoint(s[i:])
			b.WriteRune(unicode.ToLower(codeOf(s[i:skip])))
		case r == '*' && !escaped:
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		escaped = false
	}
	return glob{parts: append(parts, b.String())}
}

// String returns the pattern as the filter language writes it.
func (g glob) String() string {
	plain := strings.Join(g.parts, "")
	if plain == "" && len(g.parts) > 1 || plain != "" && !strings.ContainsFunc(plain, needsQuotes) {
		return strings.Join(g.parts, "*")
	}
	quoted := make([]string, len(g.parts))
	for i, p := range g.parts {
		quoted[i] = spelled(strings.NewReplacer(`\`, `\\`, `"`, `\"`, `*`, `\*`).Replace(p), 'u')
	}
	return `"` + strings.Join(quoted, "*") + `"`
}

func needsQuotes(r rune) bool {
	return strings.ContainsRune(`"\*,()|/`, r) || !safe.Shown(r) || unicode.IsSpace(r)
}

// match reports whether the whole of s fits the pattern.
func (g glob) match(s []byte) bool {
	if !search.IsASCII(s) {
		s = bytes.ToLower(s)
	}
	first, last := g.parts[0], g.parts[len(g.parts)-1]
	if len(g.parts) == 1 {
		return len(s) == len(first) && search.HasPrefixFold(s, first)
	}
	if len(s) < len(first)+len(last) || !search.HasPrefixFold(s, first) || !search.HasPrefixFold(s[len(s)-len(last):], last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range g.parts[1 : len(g.parts)-1] {
		i := search.IndexFold(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return true
}

// matchesNothing reports whether an absent value fits the pattern.
func (g glob) matchesNothing() bool { return len(g.parts) == 1 && g.parts[0] == "" }
