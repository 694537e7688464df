// Package throttle keeps a log readable whatever others do: lines that a client can cause
// are written once, and then counted.
package throttle

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"bones-tui/hub/hublog"
)

const (
	// Every is how long the repetitions of a line are counted before the next one is written.
	Every = time.Minute
	// maxCauses is how many causes are told apart. More at a time are no accident; with at
	// most two lines a minute for each, an attacker needs days for what a log keeps.
	maxCauses = 16
	// maxText bounds what a line quotes of others.
	maxText = 500
)

// others is the cause of all lines for which there is no room among the known ones.
const others = ""

// Throttle writes the first line of each cause at once, and of those that follow at most
// one in each minute, with their number. It is safe for concurrent use.
type Throttle struct {
	write func(hublog.Entry)
	wake  chan struct{} // holds a token when a cause is new
	quit  chan struct{}
	ended chan struct{}

	mu    sync.Mutex
	known map[string]*repeat
}

// repeat is what has come of one cause since its latest line.
type repeat struct {
	since time.Time // of that line
	more  int
	last  hublog.Entry
}

// Start returns a throttle in front of write, which is called one line at a time. It
// works until Close.
func Start(write func(hublog.Entry)) *Throttle {
	t := &Throttle{
		write: write, known: map[string]*repeat{},
		wake: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go t.run()
	return t
}

// Log takes a line. The cause is what lines about the same thing from the same peer have in
// common; it must not be empty.
func (t *Throttle) Log(cause string, e hublog.Entry) {
	e.Msg, e.Err = shortened(e.Msg), shortened(e.Err)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[cause] == nil && len(t.known) >= maxCauses {
		cause = others
	}
	r := t.known[cause]
	if r != nil {
		r.more++
		r.last = e
		return
	}
	t.known[cause] = &repeat{since: time.Now()}
	t.write(e)
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Close writes what was only counted so far. Lines that come later are written as the first
// of their cause.
func (t *Throttle) Close() {
	close(t.quit)
	<-t.ended
}

// run tells of repetitions when they are due. No timer runs while there is nothing to tell.
func (t *Throttle) run() {
	defer close(t.ended)
	timer := time.NewTimer(Every)
	defer timer.Stop()
	for {
		if next, ok := t.tell(false); ok {
			timer.Reset(time.Until(next))
		} else {
			timer.Stop()
		}
		select {
		case <-t.quit:
			t.tell(true)
			return
		case <-t.wake:
		case <-timer.C:
		}
	}
}

// tell writes what is due, or everything, forgets what has not come again, and returns when
// something is due next.
func (t *Throttle) tell(all bool) (next time.Time, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for cause, r := range t.known {
		if now.Sub(r.since) >= Every || all {
			if r.more == 0 || all {
				delete(t.known, cause)
			}
			if r.more > 0 {
				t.write(r.line(cause, now))
				r.since, r.more = now, 0
			}
		}
		if due := r.since.Add(Every); t.known[cause] != nil && (!ok || due.Before(next)) {
			next, ok = due, true
		}
	}
	return next, ok
}

// line is the latest of those that were counted, with their number.
func (r *repeat) line(cause string, now time.Time) hublog.Entry {
	what, span := "more", "minute"
	if cause == others {
		what = "more of several kinds"
	}
	if d := now.Sub(r.since); d < Every {
		span = d.Round(time.Second).String()
	}
	e := r.last
	e.Msg = fmt.Sprintf("%s (and %s %s in the last %s)", e.Msg, grouped(r.more-1), what, span)
	if r.more == 1 {
		e.Msg = r.last.Msg
	}
	return e
}

// grouped writes a number with a comma between thousands.
func grouped(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}

// shortened cuts a text that is longer than a line may quote.
func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}
