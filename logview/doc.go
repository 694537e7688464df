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
// clocks step back, files do not. A line of more than 64 KiB is judged by its
// beginning.
package logview
