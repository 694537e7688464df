package tui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"

	"bones-tui/logview/safe"
	"bones-tui/slots"
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
	answerBackground        // hand the hub over and quit
)

// choice is an answer with the one key that gives it. Cancel has the focus and is
// all that enter can do.
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
	started time.Time
}

// dialog is one open question.
type dialog struct {
	id       int
	target   target
	title    string
	lead     string       // what is the matter
	slots    []slots.Slot // whom it concerns
	tail     string       // what will happen
	choices  []choice
	danger   bool
	armed    bool // the grace time is over
	waiting  bool // for the slots to end
	thenQuit bool
	void     string // why it can no longer be answered
}

func stopDialog(g target, live []slots.Slot, thenQuit, background bool) *dialog {
	d := &dialog{target: g, slots: live, thenQuit: thenQuit, title: "Stop the hub of " + g.name}
	stop, wait := "stop", "wait for them, then stop"
	if thenQuit {
		d.title, stop, wait = "Quit "+g.name, "stop the hub and quit", "wait for them, then stop and quit"
	}
	if !g.owned {
		d.title += fmt.Sprintf(" (another process, pid %d)", g.pid)
	}
	switch {
	case len(live) > 0:
		d.lead = plural(int64(len(live)), "slot is active.", "slots are active.")
		d.tail = "A polite stop is refused while they are."
		d.choices = []choice{offer(answerWait, "w", wait), offer(answerForce, "S", "force"+"…")}
	default:
		d.lead = "No slot is active."
		d.tail = "Requests under way are finished, then the hub ends."
		d.choices = []choice{offer(answerStop, "y", stop)}
	}
	if thenQuit && background {
		d.choices = append(d.choices, offer(answerBackground, "b", "leave it running in the background"))
	}
	return d
}

func forceDialog(g target, live []slots.Slot, unapplied *int64, thenQuit bool) *dialog {
	d := &dialog{target: g, slots: live, thenQuit: thenQuit, danger: true, title: "FORCE stop the hub of " + g.name}
	if g.pid != 0 {
		d.lead = fmt.Sprintf("pid %d, started %s. ", g.pid, g.started.Format(time.TimeOnly))
	}
	if n := len(live); n > 0 {
		d.lead += plural(int64(n), "agent loses its hub:", "agents lose their hub:")
	}
	d.tail = "Requests under way get two seconds, then they are cut."
	if unapplied != nil && *unapplied > 0 {
		d.tail += " " + plural(*unapplied, "check-in is", "check-ins are") + " not in git; hub.fossil keeps them."
	}
	d.choices = []choice{offer(answerCut, "F", "force stop")}
	return d
}

// Wait turns the dialog into a countdown of slots.
func (d *dialog) Wait() {
	d.waiting = true
	d.choices = nil
	d.tail = "The hub stops by itself when the last one is done. Esc leaves it running."
}

// SetSlots updates the countdown; the list of any other dialog is frozen.
func (d *dialog) SetSlots(live []slots.Slot) {
	if d.waiting {
		d.slots = live
		d.lead = "Waiting for " + plural(int64(len(live)), "slot.", "slots.")
	}
}

// Check voids the dialog if its target is no longer what it was.
func (d *dialog) Check(g target, up bool) {
	switch {
	case !up:
		d.void = "This hub has ended meanwhile."
	case g.gen != d.target.gen || d.target.pid != 0 && g.pid != d.target.pid:
		d.void = "The hub is another one now."
	}
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
	for _, c := range d.choices {
		if d.void == "" && key.Matches(k, c.Binding) {
			return c.answer, true
		}
	}
	return 0, false
}

// View draws the box, no wider than width and no higher than height.
func (d *dialog) View(t *theme, width, height int, now time.Time) []string {
	inner := min(width-4, 64)
	body := d.body(t, inner, height-3-len(d.buttons(t, inner)), now)
	body = append(body, "")
	body = append(body, d.buttons(t, inner)...)
	border := t.plain
	if d.danger {
		border = t.bad
	}
	return drawBox(t, border, d.titleSpan(t), body, inner)
}

func (d *dialog) titleSpan(t *theme) span {
	if d.danger {
		return span{t.badBold, d.title}
	}
	return span{t.bold, d.title}
}

// body keeps what happens and the buttons whatever the height; the list of slots
// gives way.
func (d *dialog) body(t *theme, width, height int, now time.Time) []string {
	lead, tail := wrap(d.lead, width), wrap(d.tail, width)
	if d.void != "" {
		tail = wrap(d.void, width)
	}
	rows := max(height-len(lead)-len(tail)-2, 1)
	out := lead
	for i, s := range d.slots {
		if i == rows-1 && len(d.slots) > rows {
			out = append(out, t.dim.paint(fmt.Sprintf("  and %d more", len(d.slots)-i)))
			break
		}
		out = append(out, slotLine(t, s, width, now))
	}
	for _, s := range tail {
		if d.void != "" {
			s = t.warn.paint(s)
		}
		out = append(out, s)
	}
	return out
}

func slotLine(t *theme, s slots.Slot, width int, now time.Time) string {
	l := newLine(t, width).gap(2).cell(t.bold, clean(s.Name).String(), 14).gap(1)
	l.cell(t.plain, clean(s.Agent).String(), 16).gap(1)
	if s.Renewed.IsZero() {
		return l.put(t.dim, fmt.Sprintf("pid %d", s.PID)).String()
	}
	return l.put(t.dim, "renewed "+ago(s.Renewed, now)).String()
}

// buttons are Cancel and the choices, in one row if there is room, else below
// each other. A dialog without a target has only Cancel.
func (d *dialog) buttons(t *theme, width int) []string {
	rows := []string{newLine(t, width).put(t.reverse, t.focus+" Cancel ").String()}
	if d.void != "" {
		return rows
	}
	used := cells(t.focus + " Cancel ")
	for _, c := range d.choices {
		h := c.Help()
		row := newLine(t, width).put(t.bold, h.Key).put(t.plain, " "+h.Desc).String()
		rows = append(rows, row)
		used += 3 + cells(h.Key+" "+h.Desc)
	}
	if used > width {
		return rows
	}
	return []string{strings.Join(rows, "   ")}
}

// drawBox frames lines of at most inner cells.
func drawBox(t *theme, border style, title span, body []string, inner int) []string {
	b := t.box
	top := newLine(t, inner+4).put(border, b.TopLeft+b.Top+" ").put(title.style, safe.String(title.text).Cut(max(inner-2, 0)).String()).put(t.plain, " ")
	for top.left() > 1 {
		top.put(border, b.Top)
	}
	out := []string{top.put(border, b.TopRight).String()}
	for _, s := range body {
		l := newLine(t, inner+4).put(border, b.Left+" ").styled(s)
		out = append(out, l.to(inner+3).put(border, b.Right).String())
	}
	bottom := newLine(t, inner+4).put(border, b.BottomLeft)
	for bottom.left() > 1 {
		bottom.put(border, b.Bottom)
	}
	return append(out, bottom.put(border, b.BottomRight).String())
}
