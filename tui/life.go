package tui

import (
	"errors"
	"time"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui/internal/cells"
)

// life is what the operator is told about the hub.
type life uint8

const (
	lifeStarting life = iota // connecting, or the hub is bringing its services up
	lifeReady
	lifeDegraded // answers, but a service is down or it has missed several samples
	lifeDraining // a stop was accepted
	lifeStopped  // ended cleanly
	lifeFailed   // could not start, or ended with an error
	lifeGone     // another process's hub went away under us
	lifeCount
)

// missed samples after which a hub that should answer counts as degraded.
const missedSamples = 3

// step is one stage of a start or of a drain.
type step struct {
	name  safe.Text
	began time.Time
}

// hubState is all that is known of the hub of one generation.
type hubState struct {
	life   life
	owned  bool
	status hub.Status // the last one that arrived
	known  bool       // one has arrived
	asOf   time.Time  // when it did
	since  time.Time  // when life began
	missed int        // samples without an answer since
	steps  []step     // of the start or the drain under way
	cause  error      // why it failed, or is gone
	drain  time.Duration
}

// enter starts a new phase of life; entering the one it is in changes nothing.
func (s *hubState) enter(l life, now time.Time) {
	if s.life == l {
		return
	}
	if l == lifeDraining || l == lifeStarting {
		s.steps = nil
	}
	s.life, s.since = l, now
}

// ended reports that there is no hub behind the screen any more.
func (s *hubState) ended() bool {
	return s.life == lifeStopped || s.life == lifeFailed || s.life == lifeGone
}

// aged reports that what is known is older than it should be.
func (s *hubState) aged() bool { return s.missed > 0 || s.ended() }

// observe takes the outcome of one sample. An ended hub stays ended.
func (s *hubState) observe(st hub.Status, err error, now time.Time) {
	if s.ended() {
		return
	}
	if err != nil {
		if s.missed++; s.missed >= missedSamples && s.life == lifeReady {
			s.enter(lifeDegraded, now)
		}
		return
	}
	again := s.known && !st.StartedAt.Equal(s.status.StartedAt)
	s.status, s.known, s.asOf, s.missed = st, true, now, 0
	switch st.Phase {
	case hub.PhaseIdle, hub.PhaseStarting:
		if s.life != lifeDraining {
			s.enter(lifeStarting, now)
		}
	case hub.PhaseDraining:
		s.enter(lifeDraining, now)
	case hub.PhaseReady:
		s.ready(st, again, now)
	case hub.PhaseStopped, hub.PhaseFailed:
		// Done says so, and with which error.
	}
	s.note(st.Step, now)
}

// ready takes what a hub says of itself that is up: again if it is not the one that was
// seen before.
func (s *hubState) ready(st hub.Status, again bool, now time.Time) {
	switch {
	case s.life == lifeDraining && !again: // the hub has not begun to act on the stop yet
	case st.NATS.Up && st.Fossil.Up:
		s.enter(lifeReady, now)
	default:
		s.enter(lifeDegraded, now)
	}
}

// note remembers the steps of a start or a drain in their order.
func (s *hubState) note(name string, now time.Time) {
	t := safe.String(name)
	if name == "" || len(s.steps) > 0 && s.steps[len(s.steps)-1].name == t {
		return
	}
	s.steps = append(s.steps, step{name: t, began: now})
}

// gone takes the end of the hub: clean, or a failure of our own hub, or the loss of
// another's. That the other process ends is what a stop is for.
func (s *hubState) gone(err error, now time.Time) {
	if s.life == lifeDraining && errors.Is(err, hub.ErrGone) {
		err = nil
	}
	s.cause = err
	switch {
	case err == nil || errors.Is(err, hub.ErrDrainTimeout):
		s.enter(lifeStopped, now)
	case s.owned || s.life == lifeDraining:
		s.enter(lifeFailed, now)
	default:
		s.enter(lifeGone, now)
	}
}

// problem is what is wrong with a hub that should be fine, in a few words.
func (s *hubState) problem(now time.Time) string {
	switch {
	case s.missed >= missedSamples:
		return "no answer for " + cells.Short(now.Sub(s.asOf))
	case s.status.Lost != "":
		return "storage lost"
	case !s.status.NATS.Up && !s.status.Fossil.Up:
		return "nats and fossil down"
	case !s.status.NATS.Up:
		return "nats down"
	case !s.status.Fossil.Up:
		return "fossil down"
	default:
		return ""
	}
}

// badge is the hub's state as glyph, word and detail, all in one style.
func (s *hubState) badge(t *cells.Theme, now time.Time) (st cells.Style, text string, detail safe.Text) {
	switch s.life {
	case lifeStarting:
		return t.BusyBold, t.Work + " STARTING", safe.String(s.progress(now))
	case lifeReady:
		if s.owned {
			return t.OKBold, t.Up + " RUNNING", safe.String("owned")
		}
		return t.OKBold, t.Up + " ATTACHED", safe.Text{}
	case lifeDegraded:
		return t.WarnBold, t.Alert + " DEGRADED", safe.String(s.problem(now))
	case lifeDraining:
		return t.BusyBold, t.Work + " STOPPING", safe.String(s.progress(now))
	case lifeStopped:
		return t.Bold, t.Off + " STOPPED", safe.String(s.since.Format(time.TimeOnly))
	case lifeFailed:
		return t.BadBold, t.Fault + " FAILED", safe.String(firstLine(s.cause))
	case lifeGone, lifeCount:
		return t.BadBold, t.Fault + " GONE", safe.String("since " + s.since.Format(time.TimeOnly))
	default:
		return t.Plain, "", safe.Text{}
	}
}

// progress names the step under way and how long the whole has taken, of how
// much at most.
func (s *hubState) progress(now time.Time) string {
	elapsed := max(now.Sub(s.since), 0)
	text := cells.Brief(elapsed.Truncate(100 * time.Millisecond))
	if s.life == lifeDraining && s.drain > 0 {
		text = cells.Short(elapsed) + "/" + cells.Short(s.drain)
	}
	if n := len(s.steps); n > 0 {
		text = s.steps[n-1].name.String() + " " + text
	}
	return text
}

// cause names the error of a failed start without the step that a StartError
// puts in front, which the screen shows by itself.
func firstLine(err error) string {
	if err == nil {
		return ""
	}
	var start *hub.StartError
	if errors.As(err, &start) && start.Err != nil {
		return start.Step + ": " + start.Err.Error()
	}
	return err.Error()
}

// banner is what the slots pane says when there is no hub to have slots.
func banner(t *cells.Theme, s *hubState, readOnly bool) []cells.Span {
	again, attach := "r starts it again, ", "r starts or attaches again, "
	if readOnly {
		again, attach = "", ""
	}
	switch s.life {
	case lifeFailed:
		return []cells.Span{
			t.BadBold.Span("The hub failed: " + safe.String(firstLine(s.cause)).String()),
			t.Dim.Span("hub.log below has its last words.  " + again + "q leaves."),
		}
	case lifeGone:
		text := "The hub went away."
		if s.cause != nil {
			text += " " + safe.String(firstLine(s.cause)).String()
		}
		return []cells.Span{t.BadBold.Span(text), t.Dim.Span("The numbers above are its last ones.  " + attach + "q leaves.")}
	case lifeStopped:
		return []cells.Span{t.Bold.Span("The hub has stopped."), t.Dim.Span(again + "q leaves.")}
	case lifeStarting, lifeReady, lifeDegraded, lifeDraining, lifeCount:
	}
	return nil
}
