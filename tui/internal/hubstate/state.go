// Package hubstate is what is known of the hub behind the screen, and how old that is.
package hubstate

import (
	"errors"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
)

// Life is what the operator is told about the hub.
type Life uint8

// The phases.
const (
	Starting Life = iota // connecting, or the hub is bringing its services up
	Ready
	Degraded // answers, but a service is down or it has missed several samples
	Draining // a stop was accepted
	Stopped  // ended cleanly
	Failed   // could not start, or ended with an error
	Gone     // another process's hub went away under us
	Count
)

// MissedSamples is how many samples without an answer make a hub count as degraded.
const MissedSamples = 3

// Step is one stage of a start or of a drain.
type Step struct {
	Name  safe.Text
	Began time.Time
}

// State is all that is known of the hub of one generation.
type State struct {
	Life   Life
	Owned  bool
	Status hub.Status // the last one that arrived
	Known  bool       // one has arrived
	AsOf   time.Time  // when it did
	Since  time.Time  // when life began
	Missed int        // samples without an answer since
	Steps  []Step     // of the start or the drain under way
	Cause  error      // why it failed, or is gone
	Drain  time.Duration
}

// Enter starts a new phase of life; entering the one it is in changes nothing.
func (s *State) Enter(l Life, now time.Time) {
	if s.Life == l {
		return
	}
	if l == Draining || l == Starting {
		s.Steps = nil
	}
	s.Life, s.Since = l, now
}

// Ended reports that there is no hub behind the screen any more.
func (s *State) Ended() bool {
	return s.Life == Stopped || s.Life == Failed || s.Life == Gone
}

// Aged reports that what is known is older than it should be.
func (s *State) Aged() bool { return s.Missed > 0 || s.Ended() }

// Observe takes the outcome of one sample. An ended hub stays ended.
func (s *State) Observe(st hub.Status, err error, now time.Time) {
	if s.Ended() {
		return
	}
	if err != nil {
		if s.Missed++; s.Missed >= MissedSamples && s.Life == Ready {
			s.Enter(Degraded, now)
		}
		return
	}
	again := s.Known && !st.StartedAt.Equal(s.Status.StartedAt)
	s.Status, s.Known, s.AsOf, s.Missed = st, true, now, 0
	switch st.Phase {
	case hub.PhaseIdle, hub.PhaseStarting:
		if s.Life != Draining {
			s.Enter(Starting, now)
		}
	case hub.PhaseDraining:
		s.Enter(Draining, now)
	case hub.PhaseReady:
		s.ready(st, again, now)
	case hub.PhaseStopped, hub.PhaseFailed:
		// Done says so, and with which error.
	}
	s.note(st.Step, now)
}

// ready takes what a hub says of itself that is up: again if it is not the one that was
// seen before.
func (s *State) ready(st hub.Status, again bool, now time.Time) {
	switch {
	case s.Life == Draining && !again: // the hub has not begun to act on the stop yet
	case st.NATS.Up && st.Fossil.Up:
		s.Enter(Ready, now)
	default:
		s.Enter(Degraded, now)
	}
}

// note remembers the steps of a start or a drain in their order.
func (s *State) note(name string, now time.Time) {
	t := safe.String(name)
	if name == "" || len(s.Steps) > 0 && s.Steps[len(s.Steps)-1].Name == t {
		return
	}
	s.Steps = append(s.Steps, Step{Name: t, Began: now})
}

// Gone takes the end of the hub: clean, or a failure of our own hub, or the loss of
// another's. That the other process ends is what a stop is for.
func (s *State) Gone(err error, now time.Time) {
	if s.Life == Draining && errors.Is(err, hub.ErrGone) {
		err = nil
	}
	s.Cause = err
	switch {
	case err == nil || errors.Is(err, hub.ErrDrainTimeout):
		s.Enter(Stopped, now)
	case s.Owned || s.Life == Draining:
		s.Enter(Failed, now)
	default:
		s.Enter(Gone, now)
	}
}

// problem is what is wrong with a hub that should be fine, in a few words.
func (s *State) problem(now time.Time) string {
	switch {
	case s.Missed >= MissedSamples:
		return "no answer for " + cells.Short(now.Sub(s.AsOf))
	case s.Status.Lost != "":
		return "storage lost"
	case !s.Status.NATS.Up && !s.Status.Fossil.Up:
		return "nats and fossil down"
	case !s.Status.NATS.Up:
		return "nats down"
	case !s.Status.Fossil.Up:
		return "fossil down"
	default:
		return ""
	}
}

// Badge is the hub's state as glyph, word and detail, all in one style.
func (s *State) Badge(t *cells.Theme, now time.Time) (st cells.Style, text string, detail safe.Text) {
	switch s.Life {
	case Starting:
		return t.BusyBold, t.Work + " STARTING", safe.String(s.progress(now))
	case Ready:
		if s.Owned {
			return t.OKBold, t.Up + " RUNNING", safe.String("owned")
		}
		return t.OKBold, t.Up + " ATTACHED", safe.Text{}
	case Degraded:
		return t.WarnBold, t.Alert + " DEGRADED", safe.String(s.problem(now))
	case Draining:
		return t.BusyBold, t.Work + " STOPPING", safe.String(s.progress(now))
	case Stopped:
		return t.Bold, t.Off + " STOPPED", safe.String(s.Since.Format(time.TimeOnly))
	case Failed:
		return t.BadBold, t.Fault + " FAILED", safe.String(notice.Cause(s.Cause))
	case Gone, Count:
		return t.BadBold, t.Fault + " GONE", safe.String("since " + s.Since.Format(time.TimeOnly))
	default:
		return t.Plain, "", safe.Text{}
	}
}

// progress names the step under way and how long the whole has taken, of how
// much at most.
func (s *State) progress(now time.Time) string {
	elapsed := max(now.Sub(s.Since), 0)
	text := cells.Brief(elapsed.Truncate(100 * time.Millisecond))
	if s.Life == Draining && s.Drain > 0 {
		text = cells.Short(elapsed) + "/" + cells.Short(s.Drain)
	}
	if n := len(s.Steps); n > 0 {
		text = s.Steps[n-1].Name.String() + " " + text
	}
	return text
}

// Banner is what the slots pane says when there is no hub to have slots.
func Banner(t *cells.Theme, s *State, readOnly bool) []cells.Span {
	again, attach := "r starts it again, ", "r starts or attaches again, "
	if readOnly {
		again, attach = "", ""
	}
	switch s.Life {
	case Failed:
		return []cells.Span{
			t.BadBold.Span("The hub failed: " + safe.String(notice.Cause(s.Cause)).String()),
			t.Dim.Span("hub.log below has its last words.  " + again + "q leaves."),
		}
	case Gone:
		text := "The hub went away."
		if s.Cause != nil {
			text += " " + safe.String(notice.Cause(s.Cause)).String()
		}
		return []cells.Span{t.BadBold.Span(text), t.Dim.Span("The numbers above are its last ones.  " + attach + "q leaves.")}
	case Stopped:
		return []cells.Span{t.Bold.Span("The hub has stopped."), t.Dim.Span(again + "q leaves.")}
	case Starting, Ready, Degraded, Draining, Count:
	}
	return nil
}

// HowItEnded says how the hub ended.
func (s *State) HowItEnded() string {
	switch {
	case s.Life == Gone:
		return "The hub went away"
	case !s.Known || s.Status.Phase == hub.PhaseStarting:
		return "The hub did not start"
	default:
		return "The hub failed"
	}
}
