package gittree

import (
	"strconv"
	"strings"
	"unicode"
)

// plain is text without anything that a terminal obeys, and not longer than limit bytes.
func plain(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, strings.ToValidUTF8(text, "?"))
	return shortened(text, limit)
}

// Quote is a name from git for people to read: quoted, escaped, and not too long.
func Quote(name string) string {
	const limit = 200
	return strconv.Quote(shortened(name, limit))
}

// shortened cuts text after limit bytes.
func shortened(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
