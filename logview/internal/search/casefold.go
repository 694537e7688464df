package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// HasUpper reports whether s has an upper-case letter, so that smart case heeds case.
func HasUpper(s string) bool { return strings.ContainsFunc(s, unicode.IsUpper) }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// HasPrefixFold reports whether s begins with prefix. It compares ASCII letters without
// case; prefix is in lower case.
func HasPrefixFold(s []byte, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != prefix[i] {
			return false
		}
	}
	return true
}

// IndexFold returns the first place of part in s, -1 if there is none. It compares ASCII
// letters without case; part is in lower case.
func IndexFold(s []byte, part string) int {
	for i := 0; i+len(part) <= len(s); i++ {
		if HasPrefixFold(s[i:], part) {
			return i
		}
	}
	return -1
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// IsASCII reports whether s has no byte beyond ASCII.
func IsASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
