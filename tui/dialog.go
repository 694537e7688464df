package tui

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

// dialogGrace is for how long a new dialog hears nothing, so that a key typed
// for the screen below cannot answer it.
const dialogGrace = 300 * time.Millisecond

// answer is what a dialog can lead to.
type answer uint8

const (
	answerCancel     answer = iota
	answerStop              // stop politely
	answerWait              // wait for the slots, then stop politely
	answerForce             // open the forced stop's own dialog
	answerCut               // stop by force
	answerBackground        // hand the hub over
	answerReseed            // archive the repository and make a fresh one
	answerGiveUp            // wait no longer
	answerPatch             // write what git has not received as patches, and ask on
	answerCopy              // copy the command, and ask on
	answerBringBack         // bring the check-ins of a copy back
)

// choice is an answer with the one key that gives it. The button that changes
// nothing has the focus and is all that enter can do.
type choice struct {
	key.Binding
	answer answer
}

func offer(a answer, k, label string) choice {
	return choice{key.NewBinding(key.WithKeys(k), key.WithHelp(k, label)), a}
}

// target is the hub that a dialog is about, frozen when it opens.
type target struct {
	gen     int
	name    string
	pid     int // 0: no status has arrived yet
	owned   bool
	up      bool
	started time.Time
}

// dialog is one open question.
type dialog struct {
	id        int
	target    target
	title     string
	lead      string       // what is the matter
	slots     []slots.Slot // whom it concerns
	risk      string       // what is lost if nothing is done: it is read before the rest
	tail      string       // what will happen
	keep      string       // what the focused button is called
	choices   []choice
	danger    bool
	armed     bool // the grace time is over
	countdown bool // slots is not frozen
	then      afterStop
	void      string // why it can no longer be answered

	busy    string // what has been begun from here: until it is done only Cancel is heard
	tries   int    // how often
	told    []told // what came of it
	command string // that makes use of it
	copy    hub.Recoverable
}

// told is a paragraph about what came of something: well, badly, or just so.
type told struct {
	ink  cells.Ink
	text string
}

// SetSlots updates a countdown; the list of any other dialog is frozen.
func (d *dialog) SetSlots(live []slots.Slot) {
	if d.countdown {
		d.slots = live
		d.lead = "Waiting for " + cells.Plural(int64(len(live)), "slot.", "slots.")
	}
}

// Check voids the dialog if its target is no longer what it was: the hub, or whom
// a dangerous answer would hit.
func (d *dialog) Check(g target, live []slots.Slot) {
	switch {
	case g.up != d.target.up && !g.up:
		d.void = "This hub has ended meanwhile."
	case g.up != d.target.up:
		d.void = "The hub runs again."
	case g.gen != d.target.gen || d.target.pid != 0 && g.pid != d.target.pid:
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
func (d *dialog) Answer(k fmt.Stringer) (a answer, ok bool) {
	if !d.armed {
		return 0, false
	}
	switch k.String() {
	case "esc", "enter", "ctrl+c", "q":
		return answerCancel, true
	}
	for _, c := range d.offers() {
		if key.Matches(k, c.Binding) {
			return c.answer, true
		}
	}
	return 0, false
}

// offers are the choices that there are now.
func (d *dialog) offers() []choice {
	if d.void != "" || d.busy != "" {
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
