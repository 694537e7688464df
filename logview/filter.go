package logview

import "bones-tui/logview/internal/query"

// Filter is a parsed filter. It is immutable. The zero value and nil match
// everything.
type Filter = query.Filter

// ParseFilter reads a filter. The language, terms separated by spaces, all of
// which must hold:
//
//	word "some words"        substring of the line, smart case: case counts
//	                         if there is an upper-case letter; between quotes
//	                         \ keeps its meaning off the next character, and
//	                         \u{202e} is the character with that code point
//	/RE2/ /RE2/i             regular expression over the line, smart case
//	name:value,value         one of the values; * is a wildcard; case ignored
//	name=value name!=value   the value, literally
//	name>value  >= < <=      for level, took, count and ts
//	name~/RE2/               regular expression over the field
//	(query | query)          one of the queries
//	-term !term              not the term
//
// The names: level event rpc agent task slot session hook matcher took count
// err msg ts, and since until run kind has ctx, which are about the row rather
// than in it. The error is a *SyntaxError.
func ParseFilter(s string) (*Filter, error) { return query.Parse(s) }

// SyntaxError says where a filter is wrong and what would be right.
type SyntaxError = query.SyntaxError

// Values are values seen in the log, by field name.
type Values = query.Values

// Complete returns what could stand in place of the word that ends at the
// cursor, col runes into s: field names with their operator, or values of the
// field that the word names. WordStart tells where that word begins.
func Complete(s string, col int, seen Values) []string { return query.Complete(s, col, seen) }

// WordStart returns where the word that ends at the cursor begins, both in
// runes from the start of s. A sign of negation and an opening parenthesis are
// not part of the word.
func WordStart(s string, col int) int { return query.WordStart(s, col) }

// SlotOf returns the slot that an agent id belongs to: "slot-NAME" and
// "NAME-leaf" are how slots sign, and a bare UUID is an agent in a slot named
// after its first twelve characters. It returns "" for anyone else.
func SlotOf(agent string) string { return query.SlotOf(agent) }
