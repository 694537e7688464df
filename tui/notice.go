package tui

import (
	"time"

	"bones-tui/logview"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// noticeFor is how long what just happened is told.
const noticeFor = 6 * time.Second

// notice is the one line that tells what just happened, and what went wrong. A failure
// stays until the operator dismisses it: other news only covers it for a while.
type notice struct {
	news   safe.Text
	until  time.Time
	fault  safe.Text
	failed bool // fault has not been dismissed
}

func (n notice) empty() bool { return !n.failed && n.news.Width() == 0 }

// tell covers whatever is there with news.
func (n *notice) tell(text safe.Text, now time.Time) { n.news, n.until = text, now.Add(noticeFor) }

// fail shows a failure, at once.
func (n *notice) fail(text safe.Text) { *n = notice{fault: text, failed: true} }

// expire drops news whose time is up.
func (n *notice) expire(now time.Time) {
	if now.After(n.until) {
		n.news = safe.Text{}
	}
}

// View draws the news, else the failure.
func (n notice) View(t *cells.Theme, width int) string {
	l := cells.NewLine(t, width).Gap(1)
	if n.news.Width() == 0 && n.failed {
		return l.Put(t.BadBold, t.Fault+" ").Text(t.Bad, n.fault).Put(t.Dim, "  esc dismisses").String()
	}
	return l.Text(t.Plain, n.news).String()
}

// report is a failure with the last words of who failed.
type report struct {
	id    int
	title string
	cause string
	words []logview.Row // of hub.log
	text  []string      // what the failure itself brought along; goes first
}
