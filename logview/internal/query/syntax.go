package query

import (
	"fmt"
	"strings"
	"unicode"
)

// SyntaxError says where a filter is wrong and what would be right.
type SyntaxError struct {
	Col  int    // the first wrong character, from 1, in runes
	Msg  string // what is wrong
	Hint string // what would be legal there; may be empty
}

func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("column %d: %s", e.Col, e.Msg)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// scanner cuts a filter into pieces. Inside a group, "|" and the closing
// parenthesis end a word; outside they are ordinary characters of it.
type scanner struct {
	src   []rune
	at    int
	depth int
}

func (s *scanner) fail(at int, hint, format string, args ...any) error {
	return &SyntaxError{Col: at + 1, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

func (s *scanner) peek() rune {
	if s.at < len(s.src) {
		return s.src[s.at]
	}
	return 0
}

func (s *scanner) end() bool { return s.at >= len(s.src) }

func (s *scanner) skipSpace() {
	for !s.end() && unicode.IsSpace(s.src[s.at]) {
		s.at++
	}
}

// atBreak reports whether a word ends here.
func (s *scanner) atBreak() bool {
	return s.end() || unicode.IsSpace(s.peek()) || s.depth > 0 && (s.peek() == '|' || s.peek() == ')')
}

// bare reads up to the end of a word, or up to a comma if commas separate.
// Parentheses inside the word belong to it as long as they are paired.
func (s *scanner) bare(commas bool) string {
	start, open := s.at, 0
	for !s.end() {
		c := s.peek()
		switch {
		case c == ')' && open > 0:
			open--
		case c == '(':
			open++
		case s.atBreak(), commas && c == ',':
			return string(s.src[start:s.at])
		}
		s.at++
	}
	return string(s.src[start:s.at])
}

// quoted reads a string in double quotes. A backslash keeps the next character
// from ending it; what else it means is up to unquote.
func (s *scanner) quoted() (string, error) {
	start := s.at
	s.at++
	for !s.end() {
		switch s.peek() {
		case '"':
			s.at++
			return string(s.src[start+1 : s.at-1]), nil
		case '\\':
			s.at++
		}
		s.at++
	}
	s.at = len(s.src)
	return "", s.fail(start, `close it with "`, "the quoted text has no end")
}

// regexp reads /pattern/ and the flag i after it.
func (s *scanner) regexp() (pattern string, fold bool, err error) {
	start := s.at
	s.at++
	for !s.end() && s.peek() != '/' {
		if s.peek() == '\\' {
			s.at++
		}
		s.at++
	}
	if s.at >= len(s.src) {
		s.at = len(s.src)
		return "", false, s.fail(start, "close it with /", "the regular expression has no end")
	}
	pattern = string(s.src[start+1 : s.at])
	s.at++
	if s.peek() == 'i' {
		s.at++
		fold = true
	}
	if !s.atBreak() {
		return "", false, s.fail(s.at, "only i may follow the closing /; for a path, quote it", "unexpected %q after the regular expression", s.peek())
	}
	if pattern == "" {
		return "", false, s.fail(start, "write /pattern/", "the regular expression is empty")
	}
	return strings.ReplaceAll(pattern, `\/`, `/`), fold, nil
}

// name reads a field name if an operator follows it, else nothing.
func (s *scanner) name() string {
	end := s.at
	for end < len(s.src) && (s.src[end] == '_' || s.src[end] < unicode.MaxASCII && unicode.IsLetter(s.src[end])) {
		end++
	}
	if end == s.at || end == len(s.src) {
		return ""
	}
	next := rune(0)
	if end+1 < len(s.src) {
		next = s.src[end+1]
	}
	if c := s.src[end]; !strings.ContainsRune(":=<>~", c) && (c != '!' || next != '=') {
		return ""
	}
	name := string(s.src[s.at:end])
	s.at = end
	return name
}

// operator reads the operator that stands here.
func (s *scanner) operator() string {
	for _, op := range []string{"!=", ">=", "<=", ">", "<", "=", "~", ":"} {
		if strings.HasPrefix(string(s.src[s.at:min(s.at+2, len(s.src))]), op) {
			s.at += len(op)
			return op
		}
	}
	return ""
}
