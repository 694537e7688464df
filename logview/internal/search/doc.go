// Package search finds texts and regular expressions in the lines of a log: fast, and as
// JSON writes them. It knows neither rows nor the filter language.
//
// A [Finder] looks for one literal by its rarest byte. A [Needle] is a text as a person
// types it: it tries the forms that JSON may give it. An [Automaton] answers whether an
// expression matches, without package regexp where it can. [Required] and [Rarest] choose
// the literal of an expression that is worth looking for first.
package search
