package tui

import (
	"cmp"
	"slices"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// slotKey is what the table is sorted by.
type slotKey uint8

const (
	byState slotKey = iota
	byName
	byTask
	byRenewed
	byAgent
	slotKeyCount
)

// String names the key.
func (k slotKey) String() string {
	return [...]string{"state", "slot", "task", "renewed", "agent"}[k%slotKeyCount]
}

// slotOrder sorts the table. Ties are broken by name, so nothing jumps.
type slotOrder struct {
	key      slotKey
	reversed bool
}

func (o *slotOrder) next() { o.key = (o.key + 1) % slotKeyCount }

// String names the key and the direction.
func (o *slotOrder) String(t *cells.Theme) string {
	arrow := t.ArrowDown
	if o.reversed {
		arrow = t.ArrowUp
	}
	return o.key.String() + " " + arrow
}

func (o *slotOrder) sort(rows []*slotRow) {
	slices.SortStableFunc(rows, func(a, b *slotRow) int {
		c := o.compare(a, b)
		if o.reversed {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.Name, b.Name))
	})
}

func (o *slotOrder) compare(a, b *slotRow) int {
	switch o.key {
	case byName:
		return cmp.Compare(a.Name, b.Name)
	case byTask:
		return cmp.Compare(a.TaskID, b.TaskID)
	case byRenewed:
		return b.Renewed.Compare(a.Renewed)
	case byAgent:
		return cmp.Compare(a.Agent, b.Agent)
	case byState, slotKeyCount:
	}
	return cmp.Compare(rank(a.state), rank(b.state))
}

func rank(s slots.State) int {
	all := slots.States()
	return slices.Index(all[:], s)
}
