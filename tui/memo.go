package tui

import (
	"time"

	"bones-tui/hub/findings"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/layout"
)

// memo keeps the last result of a function of K. Bubble Tea asks for a frame
// after every message, and most messages change one pane or none.
type memo[K comparable, V any] struct {
	key   K
	valid bool
	value V
}

func (c *memo[K, V]) get(key K, draw func() V) V {
	if !c.valid || c.key != key {
		c.key, c.valid, c.value = key, true, draw()
	}
	return c.value
}

// drawn is what the last frame was made of.
type drawn struct {
	panes    [layout.Count]memo[paneKey, []string]
	services memo[[3]paneKey, []string]
	footer   memo[footerKey, string]
	findings memo[findingsKey, []findings.Finding]
}

// findingsKey is all that the findings depend on.
type findingsKey struct {
	second           int64
	nats, slots, log int // versions
}

// paneKey is all that a pane's rows depend on.
type paneKey struct {
	theme     *cells.Theme
	area      layout.Area
	version   int
	second    int64
	barsAbove [2]int
	focused   bool
	zone      *time.Location
}

type footerKey struct {
	situation keymap.Situation
	theme     *cells.Theme
	width     int
}
