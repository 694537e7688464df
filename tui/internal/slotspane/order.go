package slotspane

import (
	"cmp"
	"slices"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// Key is what the table is sorted by.
type Key uint8

// The keys, in the order in which one follows the other.
const (
	byState Key = iota
	byName
	byTask
	byRenewed
	byAgent
	KeyCount
)

// String names the key.
func (k Key) String() string {
	return [...]string{"state", "slot", "task", "renewed", "agent"}[k%KeyCount]
}

// Order sorts the table. Ties are broken by name, so nothing jumps.
type Order struct {
	Key      Key
	Reversed bool
}

func (o *Order) next() { o.Key = (o.Key + 1) % KeyCount }

// String names the key and the direction.
func (o *Order) String(t *cells.Theme) string {
	arrow := t.ArrowDown
	if o.Reversed {
		arrow = t.ArrowUp
	}
	return o.Key.String() + " " + arrow
}

func (o *Order) sort(rows []*Row) {
	slices.SortStableFunc(rows, func(a, b *Row) int {
		c := o.compare(a, b)
		if o.Reversed {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.Name, b.Name))
	})
}

func (o *Order) compare(a, b *Row) int {
	switch o.Key {
	case byName:
		return cmp.Compare(a.Name, b.Name)
	case byTask:
		return cmp.Compare(a.TaskID, b.TaskID)
	case byRenewed:
		return b.Renewed.Compare(a.Renewed)
	case byAgent:
		return cmp.Compare(a.Agent, b.Agent)
	case byState, KeyCount:
	}
	return cmp.Compare(rank(a.StateNow), rank(b.StateNow))
}

func rank(s slots.State) int {
	all := slots.States()
	return slices.Index(all[:], s)
}
