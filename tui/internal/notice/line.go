// Package notice is the one line that tells what just happened, and what went wrong.
package notice

import (
	"errors"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// newsFor is how long what just happened is told.
const newsFor = 6 * time.Second

// Line tells one thing at a time. A failure stays until the operator dismisses it: news only
// cover it for a while.
type Line struct {
	now    time.Time
	news   safe.Text
	until  time.Time
	fault  safe.Text
	failed bool // fault has not been dismissed
}

// SetTime drops news whose time is up.
func (l *Line) SetTime(now time.Time) {
	l.now = now
	if now.After(l.until) {
		l.news = safe.Text{}
	}
}

// Say covers whatever is there with news, for a while.
func (l *Line) Say(text string) { l.news, l.until = cells.Clean(text), l.now.Add(newsFor) }

// Fail shows a failure, at once, until it is dismissed.
func (l *Line) Fail(err error) { *l = Line{now: l.now, fault: cells.Clean(Cause(err)), failed: true} }

// Dismiss drops all of it.
func (l *Line) Dismiss() { *l = Line{now: l.now} }

// Drop drops the news.
func (l *Line) Drop() { l.news = safe.Text{} }

// Failed reports whether a failure has not been dismissed.
func (l *Line) Failed() bool { return l.failed }

// Empty reports whether there is nothing to tell.
func (l *Line) Empty() bool { return !l.failed && l.news.Width() == 0 }

// View draws the news, else the failure.
func (l *Line) View(t *cells.Theme, width int) string {
	out := cells.NewLine(t, width).Gap(1)
	if l.news.Width() == 0 && l.failed {
		return out.Put(t.BadBold, t.Fault+" ").Text(t.Bad, l.fault).Put(t.Dim, "  esc dismisses").String()
	}
	return out.Text(t.Plain, l.news).String()
}

// Cause names an error, "" for none. The step in which a start failed goes in front of what
// went wrong in it, without the words that a StartError adds for other readers.
func Cause(err error) string {
	if err == nil {
		return ""
	}
	var start *hub.StartError
	if errors.As(err, &start) && start.Err != nil {
		return start.Step + ": " + start.Err.Error()
	}
	return err.Error()
}
