package hub

import (
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
)

// copier keeps a second copy of what exists once while the hub runs.
type copier struct {
	r     *running
	taker *copies.Taker
	news  chan struct{} // holds one token while there are check-ins that no copy has
	ended chan struct{} // closed when the copies are no longer kept up to date
	leave chan struct{} // closed when the hub ends
	stale bool          // the copy lacks something
	notes []fossil.Note // that were there at the last look
	given string        // what was applied to git, as it was known last
}
