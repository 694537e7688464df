package hub

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/blocks"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/lastrun"
)

// ErrNoIncident is matched by the error of Dismiss for an id that is not on record, or was
// dismissed before.
var ErrNoIncident = errors.New("hub: no such incident")

// Incidents returns what went wrong in the workspace at root and nobody has dismissed, the
// oldest first. It needs no hub and minds none. A record that makes no sense counts as none,
// beside an error.
func Incidents(root string) ([]Incident, error) {
	r, err := incident.Read(bonesdir.At(root))
	if err != nil {
		err = fmt.Errorf("hub: read incidents: %w", err)
	}
	return r.Open(), err
}

// Dismiss ends the telling of incidents, of all that are told without an id, and returns them.
// A hub that runs stops telling them with its next status. The same thing found again is not
// told again. If an id is not told, nothing is dismissed: the error matches ErrNoIncident.
func Dismiss(ctx context.Context, root string, ids ...string) (gone []Incident, err error) {
	d := bonesdir.At(root)
	open, err := Incidents(root)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(open, func(i Incident) bool { return i.ID == id }) {
			return nil, fmt.Errorf("%w: %q", ErrNoIncident, id)
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	if err := d.Check(); err != nil {
		return nil, err
	}
	held, err := d.Hold()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	if gone, err = incident.Dismiss(ctx, d, held, ids...); err != nil {
		return nil, fmt.Errorf("hub: dismiss: %w", err)
	}
	return gone, nil
}

// foundOut notes what went wrong, for tellIncidents.
func (r *running) foundOut(found ...incident.Found) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found = append(r.found, found...)
}

// tellIncidents puts on record what was found, and tells what is new; recorded is false if that
// is only in the log. The hub serves on without the record.
func (r *running) tellIncidents(ctx context.Context) (recorded bool) {
	r.mu.Lock()
	found := r.found
	r.found = nil
	r.mu.Unlock()
	if len(found) == 0 {
		return true
	}
	fresh, err := incident.Add(ctx, r.dir, r.held, found...)
	for _, i := range fresh {
		_ = r.log.Log(LogEntry{Level: LevelError, Event: EventLifecycle, Msg: fmt.Sprintf("hub: %s; next: %s", i.Text, i.Steps())})
	}
	if err != nil {
		r.log.Lifecycle(LevelError, "hub: what went wrong cannot be put on record, and is told here only: %v", err)
	}
	return err == nil
}

// readLast reads what the last run has left in the marks, and says what of it makes no sense.
func (r *running) readLast() {
	var err error
	if r.marks, err = lastrun.Last(r.dir); err != nil {
		r.log.Lifecycle(LevelWarn, "hub: %s cannot be read (%v); losses would go unnoticed this once", r.dir.CoordMarks(), err)
	}
	if _, err := incident.Read(r.dir); err != nil {
		r.log.Lifecycle(LevelWarn, "hub: %v; it counts as empty", err)
	}
}

// scanBlocks looks for what JetStream is about to cut, before it may, and copies the store if
// there is something; it returns the streams. In a hub that follows another one at once nobody
// has touched it. Nothing of this keeps a hub from coming up.
func (r *running) scanBlocks(ctx context.Context) (cut map[string]bool) {
	if r.hub.heir && !r.hub.revived {
		return nil
	}
	return r.scanStore(ctx, r.marks, func() { r.hub.setStep("copy of the store") })
}

// scanAgain does so for a JetStream that comes back in a running hub.
func (r *running) scanAgain(ctx context.Context) (cut map[string]bool) {
	m, err := lastrun.Read(r.dir.CoordMarks())
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: %v; the whole store is looked at", err)
	}
	return r.scanStore(ctx, m, func() {})
}

// scanStore calls copying before it copies.
func (r *running) scanStore(ctx context.Context, m lastrun.Marks, copying func()) (cut map[string]bool) {
	damaged, err := blocks.Scan(ctx, r.dir.State, lastrun.StreamsDir(r.dir), m.Blocks, m.Closed)
	if err != nil && ctx.Err() == nil {
		r.log.Lifecycle(LevelWarn, "hub: look for damage in the store: %v", err)
	}
	if len(damaged) == 0 {
		return nil
	}
	cut = map[string]bool{}
	record, _ := incident.Read(r.dir)
	copied, kept := "", ""
	for _, d := range damaged {
		cut[d.Stream] = true
		f := lastrun.DamagedBlock(d)
		if record.Knows(f.ID()) {
			continue
		}
		if kept == "" {
			copying()
			copied, kept = r.copyStore(ctx)
		}
		f.Subject, f.Text = copied, f.Text+"; "+kept
		r.foundOut(f)
	}
	r.tellIncidents(ctx) // a server that has cut it shows nothing of it any more
	return cut
}

// copyStore returns where the store was copied, below the state directory, and says so.
func (r *running) copyStore(ctx context.Context) (path, text string) {
	path, err := copies.Store(ctx, r.dir, r.hub.runID, time.Now())
	if err != nil {
		return "", fmt.Sprintf("the store could not be copied: %v", err)
	}
	rel, _ := filepath.Rel(r.dir.State, path)
	return filepath.ToSlash(rel), "the store as it was is kept in " + path
}

// compareLast compares the repository with how the last run has left it, before anything is
// added to it.
func (r *running) compareLast(ctx context.Context, fresh bool) {
	found, err := lastrun.CompareRepository(ctx, r.repo, r.marks, fresh)
	if err != nil && ctx.Err() == nil {
		r.log.Lifecycle(LevelWarn, "hub: %v", err)
	}
	r.foundOut(found...)
}

// lookAtSlots compares what slots have told, and where their check-outs lead, with what is
// there.
func (r *running) lookAtSlots(ctx context.Context) error {
	since := time.Now()
	if m := r.marks.Repository; m != nil {
		since = m.Since
	}
	missing, until, err := lastrun.MissingCheckIns(ctx, r.dir, r.repo, since)
	if err == nil {
		r.foundOut(missing...)
	}
	copied, failed := lastrun.CopiedCheckouts(ctx, r.dir)
	r.foundOut(copied...)
	if r.tellIncidents(ctx) && err == nil && len(missing) > 0 {
		err = r.marker.settle(until)
	}
	if err = errors.Join(err, failed); err != nil && ctx.Err() == nil {
		r.log.Lifecycle(LevelWarn, "hub: compare what slots have told with the repository: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	r.log.Lifecycle(LevelDebug, "hub: compared the last run with what is there")
	return nil
}
