package slots

import (
	"cmp"
	"encoding/json"
	"time"
)

// settleWithin is how long after its event a record may be written.
const settleWithin = 2 * time.Second

// proofs say which task events took effect. Each record names the newest event that
// did; a bucket keeps the last few revisions of a record.
type proofs map[string]*proof // by task

// proof is what is known of one task.
type proof struct {
	revisions []revision // by rev; the newest maxRevisions
	waiting   []claimed  // entries of the timeline
	slot      string     // the last one that an event named
}

// maxRevisions bounds the revisions of one record, beyond what buckets keep.
const maxRevisions = 32

// revision is what one revision of a record proves.
type revision struct {
	rev    uint64
	event  uint64
	status string
	agent  string // who has claimed the task
}

// claimed is an event and its entry.
type claimed struct {
	entry *Entry
	kind  EventType
	seq   uint64
	seen  time.Time // by our clock
}

func (p proofs) of(task string) *proof {
	if p[task] == nil {
		p[task] = &proof{}
	}
	return p[task]
}

// claim judges a new event by what is known, and from now on.
func (p proofs) claim(e *Entry, m taskMessage, now time.Time) {
	t := p.of(e.Task)
	t.slot = cmp.Or(e.Slot, t.slot)
	c := claimed{entry: e, kind: m.event.Type, seq: m.seq, seen: now}
	if m.old {
		c.seen = now.Add(-settleWithin)
	}
	t.waiting = append(t.waiting, c)
	t.judge(c, now)
}

// release forgets an entry that left the timeline, and a task without entries.
func (p proofs) release(e *Entry) {
	t := p[e.Task]
	if t == nil {
		return
	}
	for i := range t.waiting {
		if t.waiting[i].entry == e {
			t.waiting = append(t.waiting[:i:i], t.waiting[i+1:]...)
			break
		}
	}
	if len(t.waiting) == 0 {
		delete(p, e.Task)
	}
}

// prune forgets the tasks that no entry speaks of.
func (p proofs) prune() {
	for task, t := range p {
		if len(t.waiting) == 0 {
			delete(p, task)
		}
	}
}

// put takes one revision of a record and reports whether an effect became known.
func (p proofs) put(r record, now time.Time) bool {
	if r.key == migrationMarker {
		return false
	}
	var task struct {
		Status       string `json:"status"`
		ClaimedBy    string `json:"claimed_by"`
		LastEventSeq uint64 `json:"last_event_seq"`
	}
	if r.deleted || json.Unmarshal(r.value, &task) != nil {
		return false
	}
	t := p.of(r.key)
	if n := len(t.revisions); n > 0 && t.revisions[n-1].rev >= r.rev {
		return false
	}
	t.revisions = append(t.revisions, revision{rev: r.rev, event: task.LastEventSeq, status: clip(task.Status, maxName), agent: clip(task.ClaimedBy, maxName)})
	if over := len(t.revisions) - maxRevisions; over > 0 {
		t.revisions = append(t.revisions[:0], t.revisions[over:]...)
	}
	changed := false
	for _, c := range t.waiting {
		changed = t.judge(c, now) || changed
	}
	return changed
}

// settle judges anew what has waited, and reports whether an effect became known.
func (p proofs) settle(now time.Time) (changed bool) {
	for _, t := range p {
		for _, c := range t.waiting {
			if c.entry.Effect == EffectPending {
				changed = t.judge(c, now) || changed
			}
		}
	}
	return changed
}

func (t *proof) judge(c claimed, now time.Time) bool {
	was := c.entry.Effect
	if was == EffectTook {
		return false
	}
	c.entry.Effect = t.effect(c, now)
	c.entry.Bad = c.entry.Effect == EffectRefused
	return c.entry.Effect != was
}

func (t *proof) effect(c claimed, now time.Time) Effect {
	settled := now.Sub(c.seen) >= settleWithin
	if len(t.revisions) == 0 {
		if settled {
			return EffectUnknown
		}
		return EffectPending
	}
	for _, r := range t.revisions {
		if r.event == c.seq {
			return r.proves(c)
		}
	}
	oldest, newest := t.revisions[0].event, t.revisions[len(t.revisions)-1].event
	switch {
	case newest == 0: // by a writer that names no events
		return EffectUnknown
	case c.seq < oldest:
		return EffectUnknown
	case c.seq < newest || settled:
		return EffectRefused
	default:
		return EffectPending
	}
}

// proves is the effect of the event that the revision names. Recovery lets a record
// name an event that it passed over: its state then tells.
func (r revision) proves(c claimed) Effect {
	ok := true
	switch c.kind {
	case EventClaimed:
		ok = r.status == StatusClaimed && (c.entry.Agent == "" || r.agent == c.entry.Agent)
	case EventUnclaimed:
		ok = r.status == StatusOpen
	case EventClosed:
		ok = r.status == StatusClosed
	case EventCreated, EventUpdated, EventLinked, EventSlotChanged:
	}
	if !ok {
		return EffectRefused
	}
	return EffectTook
}
