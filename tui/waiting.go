package tui

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/tui/internal/dialogs"
	"bones-tui/tui/internal/hubstate"

	tea "charm.land/bubbletea/v2"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// askAgain is how soon a stop that the hub has refused is tried again, although no
// live slot is on the screen.
const askAgain = 2 * time.Second

// refused goes on waiting for slots that only the hub sees.
func (w *waiting) refused(live []slots.Slot, now time.Time) {
	w.left, w.asked, w.after = live, false, now.Add(askAgain)
}

// awaitSlots stops politely as soon as no slot is live.
func (m *model) awaitSlots(then dialogs.AfterStop) tea.Cmd {
	m.wait = &waiting{then: then, left: m.live()}
	return m.waited()
}

// waited looks whether the wait is over.
func (m *model) waited() tea.Cmd {
	w := m.wait
	if w == nil || w.asked || m.now.Before(w.after) || m.hub.Ended() {
		return nil
	}
	w.left = m.live()
	if d := m.dialog; d != nil {
		d.SetSlots(w.left)
	}
	if len(w.left) > 0 || m.blind() != "" || m.hub.Life == hubstate.Draining {
		return nil
	}
	w.asked = true
	if d := m.dialog; d != nil && d.Countdown {
		m.closeDialog()
	}
	return m.stop(false, w.then)
}

// giveUp waits no longer; nothing has happened.
func (m *model) giveUp() {
	m.wait = nil
	m.notice.Say("no longer waiting; the hub stays")
}

// maxWaitNames is how many of the slots that are waited for the line names.
const maxWaitNames = 4

// countdown is the wait as one line.
func (m *model) countdown() string {
	w := m.wait
	l := cells.NewLine(m.theme, m.w).Gap(1).Put(m.theme.BusyBold, m.theme.Work+" ")
	text := "Waiting for " + cells.Plural(int64(len(w.left)), "slot", "slots")
	if why := m.blind(); why != "" {
		text = "Waiting, but slots cannot be seen: " + why
	} else if len(w.left) > 0 {
		text += ": " + slotNames(w.left, maxWaitNames)
	}
	then := fmt.Sprintf(", then %s", w.then)
	hint := "  s shows them, esc calls it off"
	room := l.Left() - cells.Width(then) - cells.Width(hint)
	l.Put(m.theme.Busy, cells.Clean(text).Cut(max(room, 12)).String()).Put(m.theme.Plain, then).Put(m.theme.Dim, hint)
	return l.String()
}

// slotNames lists the first few names.
func slotNames(all []slots.Slot, most int) string {
	var names []string
	for i := range all {
		if i == most {
			names = append(names, fmt.Sprintf("%d more", len(all)-i))
			break
		}
		names = append(names, cells.Clean(all[i].Name).String())
	}
	return strings.Join(names, ", ")
}

// waiting is a stop that is due once no slot is live. It is no dialog: the panes
// stay, and the operator looks at what the last agents do.
type waiting struct {
	then  dialogs.AfterStop
	left  []slots.Slot // live ones
	asked bool         // the stop is under way
	after time.Time    // not asked again before
}
