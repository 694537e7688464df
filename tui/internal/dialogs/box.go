package dialogs

import (
	"fmt"
	"time"

	"bones-tui/tui/internal/cells"
)

// body is what stands over the buttons, in at most height rows. What it was asked for comes
// first, then one row of the lead, what would be lost, the rest of the lead, a slot, what will
// happen, and the other slots: the last of these gives way first.
func (d *Dialog) body(t *cells.Theme, width, height int, now time.Time) []string {
	loss, tail := d.risk, d.tail
	if d.void != "" {
		loss, tail = d.void, ""
	}
	done := d.outcome(t, width, height)
	left := height - len(done)
	lead := wrapped(d.lead, width)
	risk := cells.Shorten(t, wrapped(loss, width), left-min(len(lead), 1), width)
	left -= len(risk)
	lead = cells.Shorten(t, lead, left, width)
	left -= len(lead)
	ends := cells.Shorten(t, wrapped(tail, width), left-min(len(d.slots), 1), width)
	left -= len(ends)

	out := append([]string(nil), lead...)
	out = append(out, d.list(t, width, max(left-2, min(left, 1)), now)...)
	for _, s := range risk {
		out = append(out, t.Warn.Paint(s))
	}
	return append(append(out, done...), ends...)
}

// outcome is what came of what was begun from here, or that it is under way.
func (d *Dialog) outcome(t *cells.Theme, width, height int) (out []string) {
	all := d.Told
	if d.Busy != "" {
		out = append(out, cells.NewLine(t, width).Put(t.Busy, t.Work+" ").Put(t.Plain, d.Busy).String())
		all = nil
	}
	for _, p := range all {
		sign := map[cells.Ink]string{cells.InkOK: t.Done + " ", cells.InkBad: t.Fault + " "}[p.Ink]
		for _, row := range cells.Wrap(sign+cells.Clean(p.Text).String(), width) {
			out = append(out, t.Ink(p.Ink).Paint(row))
		}
	}
	return out[:min(len(out), max(height, 0))]
}

// list shows the slots in at most n rows.
func (d *Dialog) list(t *cells.Theme, width, n int, now time.Time) (out []string) {
	for i, s := range d.slots {
		switch {
		case i >= n:
			return out
		case i == n-1 && len(d.slots) > n:
			return append(out, t.Dim.Paint(fmt.Sprintf("  and %d more", len(d.slots)-i)))
		}
		out = append(out, slotLine(t, s, width, now))
	}
	return out
}

// buttons are the focused one and the choices, in as many rows as it takes.
func (d *Dialog) buttons(t *cells.Theme, width int) []string {
	l := cells.NewLine(t, width).Put(t.Reverse, t.Focus+" "+d.Keep+" ")
	var rows []string
	for _, c := range d.Offers() {
		h := c.Help()
		if l.Column() > 0 && 3+cells.Width(h.Key+" "+h.Desc) > l.Left() {
			rows, l = append(rows, l.String()), cells.NewLine(t, width)
		} else {
			l.Gap(3)
		}
		l.Put(t.Bold, h.Key).Put(t.Plain, " "+h.Desc)
	}
	return append(rows, l.String())
}

// wrapped is text in rows, none if there is no text.
func wrapped(text string, width int) []string {
	if text == "" {
		return nil
	}
	return cells.Wrap(text, width)
}

// View draws the box, no wider than width and no higher than height.
func (d *Dialog) View(t *cells.Theme, width, height int, now time.Time) []string {
	inner := min(width-4, 72)
	buttons := d.buttons(t, inner)
	body := d.body(t, inner, height-3-len(buttons), now)
	body = append(body, "")
	body = append(body, buttons...)
	border := t.Plain
	if d.danger {
		border = t.Bad
	}
	return cells.Box(t, border, d.titleSpan(t), body, inner)
}

func (d *Dialog) titleSpan(t *cells.Theme) cells.Span {
	if d.danger {
		return t.BadBold.Span(d.title)
	}
	return t.Bold.Span(d.title)
}
