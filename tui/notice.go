package tui

import (
	"time"

	"bones-tui/logview/safe"
)

// noticeFor is how long a notice stays unless it must be dismissed.
const noticeFor = 6 * time.Second

// notice is the one line that tells what just happened. A failure stays until
// the operator dismisses it.
type notice struct {
	text   safe.Text
	failed bool
	until  time.Time
}

func (n notice) empty() bool { return n.text.Width() == 0 }

// expire drops a notice whose time is up.
func (n *notice) expire(now time.Time) {
	if !n.failed && !n.until.IsZero() && now.After(n.until) {
		*n = notice{}
	}
}

// View draws the notice.
func (n notice) View(t *theme, width int) string {
	l := newLine(t, width).gap(1)
	if n.failed {
		return l.put(t.badBold, t.fault+" ").text(t.bad, n.text).put(t.dim, "  esc dismisses").String()
	}
	return l.text(t.plain, n.text).String()
}
