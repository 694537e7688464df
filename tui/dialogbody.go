package tui

import (
	"fmt"
	"time"
)

// body is what stands over the buttons, in at most height rows. What it was asked for comes
// first, then one row of the lead, what is at stake, the rest of the lead, a slot, what will
// happen, and the other slots: the last of these gives way first.
func (d *dialog) body(t *theme, width, height int, now time.Time) []string {
	stake, tail := d.stake, d.tail
	if d.void != "" {
		stake, tail = d.void, ""
	}
	done := d.outcome(t, width, height)
	left := height - len(done)
	lead := wrapped(d.lead, width)
	risk := shorten(t, wrapped(stake, width), left-min(len(lead), 1), width)
	left -= len(risk)
	lead = shorten(t, lead, left, width)
	left -= len(lead)
	ends := shorten(t, wrapped(tail, width), left-min(len(d.slots), 1), width)
	left -= len(ends)

	out := append([]string(nil), lead...)
	out = append(out, d.list(t, width, max(left-2, min(left, 1)), now)...)
	for _, s := range risk {
		out = append(out, t.warn.paint(s))
	}
	return append(append(out, done...), ends...)
}

// outcome is what came of what was begun from here, or that it is under way.
func (d *dialog) outcome(t *theme, width, height int) (out []string) {
	all := d.told
	if d.busy != "" {
		out = append(out, newLine(t, width).put(t.busy, t.work+" ").put(t.plain, d.busy).String())
		all = nil
	}
	for _, p := range all {
		sign := map[ink]string{inkOK: t.done + " ", inkBad: t.fault + " "}[p.ink]
		for _, row := range wrap(sign+clean(p.text).String(), width) {
			out = append(out, t.ink(p.ink).paint(row))
		}
	}
	return out[:min(len(out), max(height, 0))]
}

// list shows the slots in at most n rows.
func (d *dialog) list(t *theme, width, n int, now time.Time) (out []string) {
	for i, s := range d.slots {
		switch {
		case i >= n:
			return out
		case i == n-1 && len(d.slots) > n:
			return append(out, t.dim.paint(fmt.Sprintf("  and %d more", len(d.slots)-i)))
		}
		out = append(out, slotLine(t, s, width, now))
	}
	return out
}

// buttons are the focused one and the choices, in as many rows as it takes.
func (d *dialog) buttons(t *theme, width int) []string {
	l := newLine(t, width).put(t.reverse, t.focus+" "+d.keep+" ")
	var rows []string
	for _, c := range d.offers() {
		h := c.Help()
		if l.column() > 0 && 3+cells(h.Key+" "+h.Desc) > l.left() {
			rows, l = append(rows, l.String()), newLine(t, width)
		} else {
			l.gap(3)
		}
		l.put(t.bold, h.Key).put(t.plain, " "+h.Desc)
	}
	return append(rows, l.String())
}

// wrapped is text in rows, none if there is no text.
func wrapped(text string, width int) []string {
	if text == "" {
		return nil
	}
	return wrap(text, width)
}
