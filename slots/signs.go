package slots

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The longest that a hold or a sign of presence counts, whatever its record says:
// the buckets forget them then, and no message tells of it.
const (
	maxHold     = 5 * time.Minute
	maxPresence = 15 * time.Second
)

// leafSuffix ends the name under which a slot's own commands hold and appear.
const leafSuffix = "-leaf"

// signs are the records that run out by themselves: what agents hold, and which of
// them are running a command. Times carry our monotonic clock.
type signs struct {
	root    string
	holds   map[string]claim    // by key
	present map[string]sign     // by agent
	byOwner map[string][]string // paths of holds by agent, slot and task; nil: to be made
	bad     unread              // holds
}

// sign is one revision of a record that runs out.
type sign struct {
	rev   uint64
	until time.Time
}

// claim is a hold as it counts here.
type claim struct {
	sign
	path, agent, checkout string
}

func newSigns(root string) signs {
	return signs{
		root: root, holds: map[string]claim{}, present: map[string]sign{}, bad: unread{source: "records of " + BucketHolds},
	}
}

// listHolds takes the whole content of the bucket of holds.
func (s *signs) listHolds(records []record, now time.Time) bool {
	old := s.holds
	s.holds = make(map[string]claim, len(records))
	s.bad.reset()
	for _, r := range records {
		if was, ok := old[r.key]; ok {
			s.holds[r.key] = was
		}
		s.putHold(r, now)
	}
	s.byOwner = nil
	return !maps.EqualFunc(old, s.holds, claim.same)
}

func (c claim) same(d claim) bool {
	return c.path == d.path && c.agent == d.agent && c.checkout == d.checkout
}

// putHold takes one revision. What is left of a hold counts from its first sight.
func (s *signs) putHold(r record, now time.Time) bool {
	old, known := s.holds[r.key]
	if known && old.rev == r.rev && !r.deleted {
		return false
	}
	if !known && !r.deleted && len(s.holds) >= maxRecords {
		s.bad.overflow()
		return false
	}
	var h Hold
	var err error
	if !r.deleted {
		h, err = read(r, DecodeHold)
	}
	s.bad.note(r.key, err)
	if r.deleted || err != nil || h.Vacant(now.Round(0)) {
		delete(s.holds, r.key)
		s.byOwner = nil
		return known
	}
	c := claim{path: s.path(r.key), agent: h.AgentID, checkout: h.CheckoutPath}
	c.sign = sign{rev: r.rev, until: now.Add(min(h.ExpiresAt.Sub(now.Round(0)), maxHold))}
	s.holds[r.key] = c
	s.byOwner = nil
	return !known || !old.same(c)
}

// path is what a hold's key speaks of, below the root without it.
func (s *signs) path(key string) string {
	path, err := HoldPath(key)
	if err != nil {
		return key
	}
	if rel, err := filepath.Rel(s.root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// listPresence takes the whole content of the bucket of presence.
func (s *signs) listPresence(records []record, now time.Time) bool {
	old := s.present
	s.present = make(map[string]sign, len(records))
	for _, r := range records {
		if was, ok := old[agentOf(r.key)]; ok && was.rev == r.rev {
			s.present[agentOf(r.key)] = was
			continue
		}
		s.putPresence(r, now)
	}
	return !maps.EqualFunc(old, s.present, func(sign, sign) bool { return true })
}

// putPresence takes one heartbeat. It counts from when it was seen, less the age it
// had by the server's clock.
func (s *signs) putPresence(r record, now time.Time) bool {
	agent := agentOf(r.key)
	left := maxPresence - max(now.Round(0).Sub(r.written), 0)
	_, known := s.present[agent]
	if r.deleted || left <= 0 {
		delete(s.present, agent)
		return known
	}
	if known || len(s.present) < maxRecords { // the others are only not shown as busy
		s.present[agent] = sign{rev: r.rev, until: now.Add(left)}
	}
	return !known
}

// agentOf is the agent that a key of the bucket of presence names: <project>/<agent>.
func agentOf(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

// expire drops what has run out.
func (s *signs) expire(now time.Time) bool {
	changed := false
	for key, c := range s.holds {
		if c.until.Before(now) {
			delete(s.holds, key)
			s.byOwner, changed = nil, true
		}
	}
	for agent, p := range s.present {
		if p.until.Before(now) {
			delete(s.present, agent)
			changed = true
		}
	}
	return changed
}

// held lists the files that a slot holds: under its own name, its agent's, or its
// task's.
func (s *signs) held(slot, agent, task string) []string {
	if len(s.holds) == 0 {
		return nil
	}
	if s.byOwner == nil {
		s.index()
	}
	var paths []string
	for _, owner := range []string{slot, agent, task} {
		if owner != "" {
			paths = append(paths, s.byOwner[owner]...)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func (s *signs) index() {
	s.byOwner = map[string][]string{}
	for _, c := range s.holds {
		for _, owner := range []string{strings.TrimSuffix(c.agent, leafSuffix), c.checkout} {
			s.byOwner[owner] = append(s.byOwner[owner], c.path)
		}
	}
}

// here reports whether a slot's command is running.
func (s *signs) here(slot, agent string) bool {
	if len(s.present) == 0 {
		return false
	}
	_, leaf := s.present[slot+leafSuffix]
	_, own := s.present[agent]
	return leaf || own
}
