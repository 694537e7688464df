// Package logview is a log engine without a screen. It treats a log of one
// JSON object per line, in the format of package hublog, and its numbered
// backups (hub.log, hub.log.1, …) as one continuous history of any size, shows
// the end of it at once, follows it live, and answers filters while they are
// being typed.
//
// A [Log] follows the files. A [View] is the history through a [Filter]: it
// counts what matches in the background, newest first, and hands out pages of
// rows around any position without waiting for that. [Print] is the same for
// programs without a screen.
//
// # Rows
//
// A line that is not an entry is a raw row; the further lines of a panic or
// stack trace are folded into the row of its first line. Order is file order:
// clocks step back, files do not. Of a line of more than 1 MiB only the
// beginning is searched.
//
// # How it works
//
// A file is a segment, known by its identity and not by its name, so that it
// keeps its place when it is renamed. A segment is cut into units of 128 KiB;
// a line belongs to the unit it begins in, and everything about a unit follows
// from the bytes in and just before it. Units can therefore be indexed and
// filtered in any order, by any goroutine, again and again: the end first, the
// screen at once, the rest in the background. The index keeps one class byte
// a line (level, event) and little else; a filter decides by it, then by a
// rare text that each match must hold, and decodes only what is left.
//
// # Where to read
//
// From the top: print.go prints; open.go begins, worker.go does the work, follow.go and
// history.go find the files; find.go, page.go and facets.go answer for a view.go, of
// which counting.go, scan.go and recount.go keep the counts; eval.go applies a plan.go to
// a unit, by walk.go or anchored.go; index.go fills a segment.go, which reader.go
// reads. Package lines cuts it into rows, package query is the filter language.
package logview
