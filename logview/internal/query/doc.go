// Package query is the filter language: what can be typed to choose rows of a log. [Parse]
// describes it. The package reads no files and knows no index; it can be tried and fuzzed
// with nothing but text.
//
// A filter is a tree of nodes: terms, all of which must hold, groups of alternatives, and
// negations. Each node answers by the class byte of a row alone if it can (byClass), by the
// whole row (match), names texts that every matching row holds (anchors), and prints
// itself in canonical form (print).
//
// Reading from the top:
//
//	complete.go   what to offer while a filter is typed
//	edit.go       a filter with a term more, or less
//	parse.go      text to nodes; parse_field.go and parse_row.go are the terms on fields
//	              and about rows, hint.go what is said of a mistake, syntax.go the scanner
//	matcher.go    a filter prepared for many rows; starts.go is one that cannot be typed
//	highlight.go  where a filter matches in a line
//	filter.go     a filter as others see it
//	match.go      whether a row matches; byclass.go and anchor.go are what can be told before
//	print.go      the canonical form
//	node.go       the nodes
//	subject.go    a row, and the values of its fields; lookup.go finds them undecoded
//	field.go      the table of the names
//	glob.go, when.go, quote.go, slot.go   values: wildcards, times, quotes, agents' slots
package query
