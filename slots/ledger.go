package slots

import (
	"maps"
	"time"
)

// maxDrift is how far the wall clock may run from the monotonic one between two
// looks before its word on ages is no longer taken.
const maxDrift = 5 * time.Second

// instant is one moment on both clocks.
type instant struct {
	wall time.Time     // without its monotonic reading
	mono time.Duration // since some fixed moment
}

// sighting is a session as it was last seen, and since when in that revision.
type sighting struct {
	Session
	name  string
	rev   uint64
	since instant
	told  bool // that it is not ours to reap
}

// expired reports whether the session was not renewed within its time, by its own
// word and by what we saw ourselves.
func (s sighting) expired(at instant) bool {
	return at.mono-s.since.mono > ExpiredAfter && at.wall.Sub(s.LastRenewed) > ExpiredAfter
}

// ledger remembers sessions beyond their eviction, of which nobody is told.
type ledger struct {
	seen map[string]sighting
	last instant
	gap  bool // nothing was observed since the last reset
}

func newLedger(at instant) *ledger { return &ledger{seen: map[string]sighting{}, last: at} }

// observe takes the whole content of the session bucket. A deletion was somebody's
// act and is forgotten. It reports whether the clocks ran apart since the last look:
// then every observation starts over, which is a pause of one session's life.
func (l *ledger) observe(records []record, at instant) (jumped bool) {
	drift := at.wall.Sub(l.last.wall) - (at.mono - l.last.mono)
	jumped = drift.Abs() > maxDrift
	l.last, l.gap = at, false
	if jumped {
		for name, s := range l.seen {
			s.since = at
			l.seen[name] = s
		}
	}
	there := make(map[string]bool, len(records))
	for _, r := range records {
		there[r.key] = true
		if r.deleted {
			delete(l.seen, r.key)
		} else if s, known := l.seen[r.key]; (!known || s.rev != r.rev) && (known || len(l.seen) < maxRecords) {
			lease := newLease(r, at.wall)
			l.seen[r.key] = sighting{Session: lease.Session, name: r.key, rev: r.rev, since: at}
		}
	}
	maps.DeleteFunc(l.seen, func(name string, s sighting) bool { return s.told && !there[name] })
	return jumped
}

// expired returns the sessions whose time is over, in no order.
func (l *ledger) expired(at instant) []sighting {
	var due []sighting
	for _, s := range l.seen {
		if s.expired(at) {
			due = append(due, s)
		}
	}
	return due
}

// forget drops a session that needs no more attention.
func (l *ledger) forget(name string) { delete(l.seen, name) }

// tell marks a session as spoken of, and reports whether it was not before.
func (l *ledger) tell(name string) bool {
	s := l.seen[name]
	first := !s.told
	s.told = true
	l.seen[name] = s
	return first
}

// reset forgets everything: after a gap nobody can tell a closed session from an
// evicted one. It reports whether the gap begins with it.
func (l *ledger) reset() bool {
	first := !l.gap
	l.gap = true
	clear(l.seen)
	return first
}
