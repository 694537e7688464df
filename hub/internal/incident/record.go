package incident

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/bonesdir/inside"
)

// Bounds of a record.
const (
	maxFile      = 256 << 10 // bytes that are read
	maxOpen      = 50
	maxDismissed = 150 // that are remembered, so that they are not told again
	maxText      = 500
	maxKey       = 200
)

// entry is what the file has of one incident. On disk: a sealed line, the record as JSON.
type entry struct {
	ID        string    `json:"id"`
	Kind      Kind      `json:"kind"`
	At        time.Time `json:"at"`
	Text      string    `json:"text"`
	Subject   string    `json:"subject,omitempty"`
	Dismissed time.Time `json:"dismissed,omitzero"`
}

// Record is what is known of a workspace, the oldest first. The zero value is empty.
type Record struct {
	dir     bonesdir.Dir
	entries []entry
}

// Read reads the record. One that makes no sense counts as none: the error says so beside an
// empty record.
func Read(d bonesdir.Dir) (*Record, error) {
	r := &Record{dir: d}
	b, err := inside.ReadFile(d.State, d.Incidents(), maxFile)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	var line []byte
	if err == nil {
		line, err = durable.Unseal(b)
	}
	var all []entry
	if err == nil {
		err = json.Unmarshal(line, &all)
	}
	if err != nil {
		return r, fmt.Errorf("incident: read %s: %w", d.Incidents(), err)
	}
	for _, e := range all {
		r.put(e)
	}
	return r, nil
}

// put adds an entry within the bounds. What there are too many of is forgotten: of the
// dismissed the oldest, of the others the newest.
func (r *Record) put(e entry) {
	e.Text, e.Subject, e.ID = clip(e.Text, maxText), clip(e.Subject, maxKey), clip(e.ID, idDigits)
	if e.ID == "" || r.Knows(e.ID) {
		return
	}
	n, oldest := 0, -1
	for i, o := range r.entries {
		if o.Dismissed.IsZero() == e.Dismissed.IsZero() {
			if n++; oldest < 0 {
				oldest = i
			}
		}
	}
	switch {
	case e.Dismissed.IsZero() && n >= maxOpen:
		return
	case !e.Dismissed.IsZero() && n >= maxDismissed:
		r.entries = slices.Delete(r.entries, oldest, oldest+1)
	}
	r.entries = append(r.entries, e)
}

func clip(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

// Open lists what has not been dismissed.
func (r *Record) Open() (all []Incident) {
	for _, e := range r.entries {
		if e.Dismissed.IsZero() {
			all = append(all, r.incident(e))
		}
	}
	return all
}

func (r *Record) incident(e entry) Incident {
	return Incident{ID: e.ID, Kind: e.Kind, At: e.At, Text: e.Text, Next: next(r.dir, e.Kind, e.Subject)}
}

// Knows reports whether an incident is on record, dismissed or not.
func (r *Record) Knows(id string) bool {
	return slices.ContainsFunc(r.entries, func(e entry) bool { return e.ID == id })
}

// Add puts on record what was found, and returns what is new.
func Add(ctx context.Context, d bonesdir.Dir, h *bonesdir.Held, found ...Found) (fresh []Incident, err error) {
	now := time.Now()
	err = change(ctx, d, h, func(r *Record) bool {
		for _, f := range found {
			if id := f.ID(); !r.Knows(id) {
				r.put(entry{ID: id, Kind: f.Kind, At: now.UTC(), Text: f.Text, Subject: f.Subject})
				fresh = append(fresh, f.Incident(d, now))
			}
		}
		return len(fresh) > 0
	})
	return fresh, err
}

// Dismiss takes those with one of the ids from what is told, or all without an id, and
// returns them. They stay dismissed if they are found again.
func Dismiss(ctx context.Context, d bonesdir.Dir, h *bonesdir.Held, ids ...string) (gone []Incident, err error) {
	now := time.Now()
	err = change(ctx, d, h, func(r *Record) bool {
		old := r.entries
		r.entries = nil
		for _, e := range old {
			if e.Dismissed.IsZero() && (len(ids) == 0 || slices.Contains(ids, e.ID)) {
				gone = append(gone, r.incident(e))
				e.Dismissed = now.UTC()
			}
			r.put(e)
		}
		return len(gone) > 0
	})
	return gone, err
}

// lockWithin is how long one waits for another program that changes the record, and lockPoll
// how often one looks.
const (
	lockWithin = 2 * time.Second
	lockPoll   = 5 * time.Millisecond
)

// change reads the record, and writes it if do has changed it, with other programs kept out.
func change(ctx context.Context, d bonesdir.Dir, h *bonesdir.Held, do func(*Record) bool) error {
	if _, err := inside.Stat(d.State, d.IncidentsLock(), inside.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("incident: lock record: %w", err)
	}
	lock := flock.New(d.IncidentsLock(), flock.SetPermissions(0o600))
	defer func() { _ = lock.Close() }() // nothing was written to it
	brief, cancel := context.WithTimeout(ctx, lockWithin)
	defer cancel()
	_, err := lock.TryLockContext(brief, lockPoll)
	if err != nil && brief.Err() != nil { // a file system without locks keeps nobody out, and nobody from writing
		return fmt.Errorf("incident: lock record: %w", err)
	}
	r, _ := Read(d) // one that makes no sense is replaced
	if !do(r) {
		return nil
	}
	line, err := json.Marshal(r.entries)
	if err == nil {
		err = h.WriteIncidents(durable.Seal(line))
	}
	if err != nil {
		return fmt.Errorf("incident: write record: %w", err)
	}
	return nil
}
