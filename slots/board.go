package slots

import (
	"maps"
	"strings"
	"time"
)

// keepExpired is how long a session that ended without being closed is remembered.
const keepExpired = 10 * time.Minute

// read decodes a record as far as it is here.
func read[T any](r record, decode func([]byte) (T, error)) (T, error) {
	if r.err != nil {
		var none T
		return none, r.err
	}
	return decode(r.value)
}

// board merges what is known from directories, sessions and tasks. It reads no
// clock: times are handed to it, with their monotonic reading.
type board struct {
	root   string
	host   string // this machine, as sessions name it
	dirs   map[string]directory
	last   map[string]SlotEvent // newest of each slot
	orders map[string]order     // of the dispatched plan
	works  map[string]*Work
	signs  signs
	leases map[string]lease
	tasks  map[string]brief
	open   map[string]int // open tasks by slot

	badSessions, badTasks unread
}

// lease is one session, with when we saw what of it.
type lease struct {
	Session
	rev     uint64
	renewed time.Time // last renewal, on our monotonic clock
	listed  time.Time // when the record was last known to exist
	ended   time.Time // when it was found to be gone; zero while it exists
	problem error     // why nothing but its times is known
}

// brief is what the board keeps of a task.
type brief struct{ title, status, slot string }

func newBoard(root, host string) *board {
	return &board{
		root:   root,
		host:   host,
		last:   map[string]SlotEvent{},
		works:  map[string]*Work{},
		signs:  newSigns(root),
		leases: map[string]lease{},
		tasks:  map[string]brief{},
		open:   map[string]int{},

		badSessions: unread{source: "records of " + BucketSessions},
		badTasks:    unread{source: "records of " + BucketTasks},
	}
}

// setDirs takes the result of a scan and reports whether it shows.
func (b *board) setDirs(dirs map[string]directory) bool {
	changed := !maps.Equal(b.dirs, dirs)
	b.dirs = dirs
	return changed
}

// listSessions takes the whole content of the session bucket. What it does not
// hold has ended, whether evicted or removed behind our back.
func (b *board) listSessions(records []record, now time.Time) bool {
	changed := b.listSome(records, now)
	for name, l := range b.leases {
		if l.ended.IsZero() && l.listed.Before(now) {
			b.end(name, now)
			changed = true
		}
	}
	return changed
}

// listSome takes the beginning of a bucket that holds more than is listed.
func (b *board) listSome(records []record, now time.Time) (changed bool) {
	b.badSessions.reset()
	for _, r := range records {
		changed = b.putSession(r, now) || changed
	}
	return changed
}

// problem says which records could not be taken in, "" if all were.
func (b *board) problem() string {
	var parts []string
	for _, u := range []*unread{&b.badSessions, &b.badTasks, &b.signs.bad} {
		if text := u.String(); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "; ")
}

// putSession takes one revision. A session's age counts from its first sight, so a
// later jump of the wall clock does not change it.
func (b *board) putSession(r record, now time.Time) bool {
	if r.deleted {
		b.badSessions.note(r.key, nil)
		return b.closeSession(r.key, now)
	}
	old, known := b.leases[r.key]
	if !known && len(b.leases) >= maxRecords {
		b.badSessions.overflow()
		return false
	}
	if known && old.rev == r.rev {
		revived := !old.ended.IsZero()
		old.listed, old.ended = now, time.Time{}
		b.leases[r.key] = old
		b.badSessions.note(r.key, old.problem)
		return revived
	}
	l := newLease(r, now)
	b.badSessions.note(r.key, l.problem)
	b.leases[r.key] = l
	return true
}

// newLease reads a record first seen at now. One without a readable renewal counts
// from when it was written, one from the future from now.
func newLease(r record, now time.Time) lease {
	s, err := read(r, DecodeSession)
	if err != nil || s.LastRenewed.IsZero() {
		s.LastRenewed = r.written
	}
	age := max(now.Round(0).Sub(s.LastRenewed), 0)
	return lease{Session: s, rev: r.rev, renewed: now.Add(-age), listed: now, problem: err}
}

// closeSession takes the mark of a deletion: of a session that was closed, nothing
// is kept; one that was removed because it had expired stays as last seen.
func (b *board) closeSession(name string, now time.Time) bool {
	l, known := b.leases[name]
	switch {
	case !known || !l.ended.IsZero():
		return false
	case age(l.renewed, now) > ExpiredAfter:
		b.end(name, now)
	default:
		delete(b.leases, name)
	}
	return true
}

func (b *board) end(name string, now time.Time) {
	l := b.leases[name]
	l.ended = now
	b.leases[name] = l
}

// expire ends the sessions that are too old and that no list has confirmed for
// unseen, forgets those that ended long ago, and drops holds that have run out.
func (b *board) expire(now time.Time, unseen time.Duration) bool {
	changed := b.signs.expire(now)
	for name, l := range b.leases {
		switch {
		case !l.ended.IsZero() && now.Sub(l.ended) > keepExpired:
			delete(b.leases, name)
			changed = true
		case l.ended.IsZero() && age(l.renewed, now) > ExpiredAfter && now.Sub(l.listed) > unseen:
			b.end(name, now)
			changed = true
		}
	}
	return changed
}

// listTasks takes the whole content of the task bucket.
func (b *board) listTasks(records []record) bool {
	old := b.tasks
	b.tasks, b.open = make(map[string]brief, len(records)), map[string]int{}
	b.badTasks.reset()
	for _, r := range records {
		b.putTask(r)
	}
	return !maps.Equal(old, b.tasks)
}

// putTask takes one revision of a task, or its deletion.
func (b *board) putTask(r record) bool {
	if r.key == migrationMarker {
		return false
	}
	old, known := b.tasks[r.key]
	if known && old.status == StatusOpen {
		if b.open[old.slot]--; b.open[old.slot] == 0 {
			delete(b.open, old.slot)
		}
	}
	if r.deleted {
		b.badTasks.note(r.key, nil)
		delete(b.tasks, r.key)
		return known
	}
	if !known && len(b.tasks) >= maxRecords {
		b.badTasks.overflow()
		return false
	}
	t, err := read(r, decodeKnown)
	b.badTasks.note(r.key, err)
	if err != nil {
		delete(b.tasks, r.key)
		return known
	}
	task := brief{title: clip(t.Title, maxText), status: clip(t.Status, maxName), slot: clip(t.Slot(b.root), maxName)}
	if task.status == StatusOpen {
		b.open[task.slot]++
	}
	b.tasks[r.key] = task
	return !known || old != task
}
