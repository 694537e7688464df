package checkup

import (
	"bones-tui/hub"
	"bones-tui/hub/fossil"
)

// mendOf is the act that mends what fails.
func mendOf(f hub.SyncFailures) string {
	switch {
	case f.Cause == fossil.CauseFull:
		return "free some space, then push again; bones-tui logs failed"
	case f.Cause == fossil.CauseBusy:
		return "look for a program that holds hub.fossil; bones-tui logs failed"
	case f.Cause == fossil.CauseCrowded:
		return "push again when fewer do; bones-tui logs failed"
	case f.Ours:
		return "bones-tui logs failed"
	default:
		return "bones-tui logs rejected"
	}
}

// maxRepeated bounds what a checkup believes of a status.
const maxRepeated = 32

// repeated finds what has failed at the doors more than once.
func (c *examination) repeated() {
	for _, f := range c.failures[:min(len(c.failures), maxRepeated)] {
		if f.Count > 1 {
			c.warn(mendOf(f), "%s", f)
		}
	}
}
