package hub

import (
	"sync"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/seed"
)

// toldIncidents is what a status tells, read again only when the file has changed. The zero
// value is ready.
type toldIncidents struct {
	mu   sync.Mutex
	seen seed.Stamp
	list []Incident
}

func (t *toldIncidents) now(d bonesdir.Dir) []Incident {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := seed.StampOf(d.Incidents())
	if now != t.seen {
		r, _ := incident.Read(d) // a start and the doctor say what is wrong with it
		t.list, t.seen = r.Open(), now
	}
	return t.list
}

// Incident is something that went wrong with what a workspace holds: what was lost, and the
// way back. It is told until somebody dismisses it.
type Incident = incident.Incident
