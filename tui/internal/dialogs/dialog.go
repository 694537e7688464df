// Package dialogs are the questions before something is changed: what each of them says of what
// it concerns, and which key answers it how. Whoever asks obeys the answer.
package dialogs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"

	"bones-tui/hub"
	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// Grace is for how long a new dialog hears nothing, so that a key typed
// for the screen below cannot answer it.
const Grace = 300 * time.Millisecond

// Answer is what a dialog can lead to.
type Answer uint8

// The answers.
const (
	AnswerNothing    Answer = iota
	AnswerStop              // stop politely
	AnswerWait              // wait for the slots, then stop politely
	AnswerForce             // open the forced stop's own dialog
	AnswerCut               // stop by force
	AnswerBackground        // hand the hub over
	AnswerReseed            // archive the repository and make a fresh one
	AnswerGiveUp            // wait no longer
	AnswerPatch             // write what git has not received as patches, and ask on
	AnswerCopy              // copy the command, and ask on
	AnswerBringBack         // bring the check-ins of a copy back
)

// Choice is an answer with the one key that gives it. The button that changes
// nothing has the focus and is all that enter can do.
type Choice struct {
	key.Binding
	answer Answer
}

func offer(a Answer, k, label string) Choice {
	return Choice{key.NewBinding(key.WithKeys(k), key.WithHelp(k, label)), a}
}

// Target is the hub that a dialog is about, frozen when it opens.
type Target struct {
	Generation int
	Name       string
	PID        int // 0: no status has arrived yet
	Owned      bool
	Up         bool
	Started    time.Time
}

// Dialog is one open question.
type Dialog struct {
	ID        int
	target    Target
	title     string
	lead      string       // what is the matter
	slots     []slots.Slot // whom it concerns
	risk      string       // what is lost if nothing is done: it is read before the rest
	tail      string       // what will happen
	Keep      string       // what the focused button is called
	choices   []Choice
	danger    bool
	Armed     bool // the grace time is over
	Countdown bool // slots is not frozen
	Then      AfterStop
	void      string // why it can no longer be answered

	Busy    string // what has been begun from here: until it is done only Cancel is heard
	tries   int    // how often
	Told    []Told // what came of it
	Command string // that makes use of it
	Copy    hub.Recoverable
}

// Told is a paragraph about what came of something: well, badly, or just so.
type Told struct {
	Ink  cells.Ink
	Text string
}

// SetSlots updates a countdown; the list of any other dialog is frozen.
func (d *Dialog) SetSlots(live []slots.Slot) {
	if d.Countdown {
		d.slots = live
		d.lead = "Waiting for " + cells.Plural(int64(len(live)), "slot.", "slots.")
	}
}

// Check voids the dialog if its target is no longer what it was: the hub, or whom
// a dangerous answer would hit.
func (d *Dialog) Check(g Target, live []slots.Slot) {
	switch {
	case g.Up != d.target.Up && !g.Up:
		d.void = "This hub has ended meanwhile."
	case g.Up != d.target.Up:
		d.void = "The hub runs again."
	case g.Generation != d.target.Generation || d.target.PID != 0 && g.PID != d.target.PID:
		d.void = "The hub is another one now."
	case d.danger:
		if s := newcomer(d.slots, live); s != "" {
			d.void = "Slot " + cells.Clean(s).String() + " has become active meanwhile; ask again to see it here."
		}
	}
}

// newcomer names a slot that is not on the list, "" if there is none.
func newcomer(list, live []slots.Slot) string {
	for i := range live {
		if !slices.ContainsFunc(list, func(s slots.Slot) bool { return s.Name == live[i].Name }) {
			return live[i].Name
		}
	}
	return ""
}

// Answer is what a key means here; ok is false if it means nothing.
func (d *Dialog) Answer(k fmt.Stringer) (a Answer, ok bool) {
	if !d.Armed {
		return 0, false
	}
	switch k.String() {
	case "esc", "enter", "ctrl+c", "q":
		return AnswerNothing, true
	}
	for _, c := range d.Offers() {
		if key.Matches(k, c.Binding) {
			return c.answer, true
		}
	}
	return 0, false
}

// Offers are the choices that there are now.
func (d *Dialog) Offers() []Choice {
	if d.void != "" || d.Busy != "" {
		return nil
	}
	return d.choices
}

// slotLine names a slot, its last activity, and what it has not handed in.
func slotLine(t *cells.Theme, s slots.Slot, width int, now time.Time) string {
	l := cells.NewLine(t, width).Gap(2).Cell(t.Bold, cells.Clean(s.Name).String(), 12).Gap(1)
	l.Cell(t.Dim, lastActivity(&s, now), 16).Gap(1)
	return l.Put(t.Warn, unsavedWork(&s)).String()
}

// lastActivity is the newest sign of life of a slot.
func lastActivity(s *slots.Slot, now time.Time) string {
	switch {
	case s.LastEvent != "" && !s.LastEventAt.Before(s.Renewed):
		return cells.Clean(s.LastEvent).String() + " " + cells.Ago(s.LastEventAt, now)
	case !s.Renewed.IsZero():
		return "renewed " + cells.Ago(s.Renewed, now)
	case s.LastEvent != "":
		return cells.Clean(s.LastEvent).String() + " " + cells.Ago(s.LastEventAt, now)
	case s.PID == 0:
		return ""
	default:
		return fmt.Sprintf("pid %d", s.PID)
	}
}

// unsavedWork is what of a slot's work is not where the operator may think it is: edited
// files, check-ins that the hub has not, check-ins that git has not.
func unsavedWork(s *slots.Slot) string {
	w := s.Work
	switch {
	case w == nil && s.HasDir:
		return "work not looked at"
	case w == nil:
		return ""
	}
	var parts []string
	if w.EditCount > 0 {
		parts = append(parts, fmt.Sprintf("%d edited", w.EditCount))
	}
	if w.Unpushed > 0 {
		parts = append(parts, fmt.Sprintf("%d unpushed", w.Unpushed))
	}
	if n := w.Unapplied - w.Unpushed; n > 0 {
		parts = append(parts, fmt.Sprintf("%d not in git", n))
	}
	if w.Problem != "" {
		parts = append(parts, "work unreadable")
	}
	return strings.Join(parts, ", ")
}
