package slots

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/hublog"
)

// timeline is the newest entries of all sources, in the order of their times. It reads
// no clock after it is made: its owner sets now.
type timeline struct {
	since   time.Time
	limit   int
	entries []*Entry // sorted if not loose
	loose   bool
	byKey   map[string]*Entry // of task events and check-ins
	learnt  uint64
	proofs  proofs
	changed bool
	now     time.Time // when what is put was learnt of
}

func newTimeline(since time.Time, limit int) *timeline {
	return &timeline{since: since, limit: limit, byKey: map[string]*Entry{}, proofs: proofs{}, now: time.Now()}
}

// add takes an entry; a key other than "" tells whether it is known already.
func (t *timeline) add(key string, e Entry) *Entry {
	t.fit(&e)
	if e.At.Before(t.since) || key != "" && t.byKey[key] != nil {
		return t.byKey[key]
	}
	t.learnt++
	e.Seq = t.learnt
	if key != "" {
		t.byKey[key] = &e
	}
	t.entries = append(t.entries, &e)
	t.loose, t.changed = true, true
	if len(t.entries) > 2*t.limit {
		t.tidy()
	}
	return &e
}

// maxAhead is how far ahead of our clock another one may be.
const maxAhead = 24 * time.Hour

// fit bounds what an entry makes of this process, whoever wrote it. What is dated in the
// future counts from when it was learnt of: it would push out all that comes after it.
func (t *timeline) fit(e *Entry) {
	if e.At.Sub(t.now) > maxAhead {
		e.Text = "(dated " + e.At.UTC().Format(time.DateOnly) + ") " + e.Text
		e.At = t.now
	}
	clipAll(&e.What, &e.Slot, &e.Task, &e.Agent, &e.Branch, &e.CheckIn)
	e.Text = clip(e.Text, maxText)
}

// tidy sorts, and forgets what is too much.
func (t *timeline) tidy() {
	if t.loose {
		slices.SortStableFunc(t.entries, func(a, b *Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
		t.loose = false
	}
	over := len(t.entries) - t.limit
	if over <= 0 {
		return
	}
	gone := t.entries[:over]
	for _, e := range gone {
		switch e.Kind {
		case KindTask:
			t.proofs.release(e)
		case KindCheckIn:
			delete(t.byKey, checkInKey(e.CheckIn))
		case KindSlot, KindHub:
		}
	}
	t.entries = slices.Clone(t.entries[over:])
	t.since = t.entries[0].At // what is older would be forgotten again
}

// snapshot returns a copy of all entries, the oldest first.
func (t *timeline) snapshot() []Entry {
	t.tidy()
	all := make([]Entry, len(t.entries))
	for i, e := range t.entries {
		all[i] = *e
	}
	return all
}

func checkInKey(uuid string) string { return "check-in " + clip(uuid, maxName) }

// putCheckIn takes a check-in of the repository, which a slot may have told of.
func (t *timeline) putCheckIn(ci CheckIn) {
	key := checkInKey(ci.UUID)
	e := Entry{
		At: ci.At, Kind: KindCheckIn, What: "check-in", Slot: slotOf(ci.User), Agent: ci.User, Branch: ci.Branch,
		CheckIn: ci.UUID, Text: ci.Comment,
	}
	known := t.byKey[key]
	switch {
	case known == nil:
		t.add(key, e)
	case known.What != e.What:
		t.fit(&e)
		e.Seq, e.Slot, e.Task = known.Seq, cmp.Or(known.Slot, e.Slot), known.Task
		*known = e
		t.loose, t.changed = true, true
	}
}

// slotOf is the slot that an author stands for, "" for none.
func slotOf(user string) string {
	const uuidLength, shortID = 36, 12
	if name, ok := strings.CutPrefix(user, "slot-"); ok {
		return name
	}
	if len(user) == uuidLength && strings.Count(user, "-") == 4 {
		return "agent-" + user[:shortID]
	}
	return ""
}

// putSlotEvent takes a line of the slots' history. A commit is the word of a slot: the
// repository's own entry, if there is one, says more.
func (t *timeline) putSlotEvent(s SlotEvent) {
	e := Entry{At: s.At, Kind: KindSlot, Slot: s.Slot, Task: s.TaskID, Agent: s.AgentID, CheckIn: s.CommitUUID, Text: s.Result}
	what, known := strings.CutPrefix(s.Event, "slot_")
	if !known {
		return
	}
	e.What, e.Bad = what, s.Event == SlotReap || s.Event == SlotClose && s.Result == "fail"
	if s.NoArtifact {
		e.Text += ", nothing to keep"
	}
	if s.Event != SlotCommit || s.CommitUUID == "" {
		t.add("", e)
		return
	}
	e.Kind, e.Text = KindCheckIn, ""
	key := checkInKey(s.CommitUUID)
	if known := t.byKey[key]; known != nil {
		if known.Slot != e.Slot || known.Task != e.Task {
			known.Slot, known.Task, t.changed = e.Slot, e.Task, true
		}
		return
	}
	t.add(key, e)
}

// putTaskEvent takes one message of the stream of task events.
func (t *timeline) putTaskEvent(m taskMessage, now time.Time) {
	e := Entry{At: m.stored, Kind: KindTask, What: m.event.Type.String(), Task: m.event.TaskID, Effect: EffectPending}
	if body, err := m.event.Body(); err == nil {
		describe(&e, body)
	}
	before := t.learnt
	if p := t.proofs[e.Task]; p != nil && e.Slot == "" {
		e.Slot = p.slot
	}
	if added := t.add("", e); added != nil && t.learnt > before {
		t.proofs.claim(added, m, now)
	}
}

// describe says what a task event is about.
func describe(e *Entry, body any) {
	switch b := body.(type) {
	case *Created:
		e.Slot, e.Text = b.Slot, b.Title
	case *Claimed:
		e.Slot, e.Agent = b.Slot, b.AgentID
		if b.PrevAgent != "" {
			e.Text = "from " + b.PrevAgent
		}
	case *Unclaimed:
		e.Text = b.Reason
	case *Updated:
		names := make([]string, 0, len(b.Changes))
		for _, c := range b.Changes {
			names = append(names, c.Field)
		}
		e.Text = strings.Join(names, ", ")
	case *Linked:
		e.Text = b.EdgeType + " " + b.OtherID
	case *SlotChanged:
		e.Slot, e.Text = b.To, "from "+cmp.Or(b.From, "none")
	case *Closed:
		e.Agent, e.Text = b.AgentID, b.Reason
	}
	if e.Slot == "" {
		e.Slot = slotOf(e.Agent)
	}
}

// putLog takes a line of hub.log, if it tells of the hub's own life. The slots that it
// reaps are in their history.
func (t *timeline) putLog(l hublog.Entry) {
	if l.Event != hublog.EventLifecycle && l.Event != hublog.EventError {
		return
	}
	e := Entry{At: l.Ts.Time, Kind: KindHub, Text: strings.TrimPrefix(l.Msg, "hub: "), Bad: l.Level >= hublog.LevelError}
	word, _, _ := strings.Cut(e.Text, " ")
	switch word {
	case "starting":
		e.What = "start"
	case "ready":
		e.What, e.Text = "ready", ""
	case "stopping":
		e.What, e.Text = "stop", ""
	case "stopped":
		e.What = "stopped"
		if !e.Bad {
			e.Text = ""
		}
	default:
		if !e.Bad {
			return
		}
		e.What, e.Text = "error", strings.TrimSpace(e.Text+" "+l.Err)
	}
	e.Text = strings.Trim(strings.TrimPrefix(e.Text, "starting "), "()")
	t.add("", e)
}
