package slots

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
)

// ActivityOptions say what a timeline is made of.
type ActivityOptions struct {
	CheckIns CheckInFunc // nil: none, but slots tell of their own
	Since    time.Time   // leaves out what is older
	Limit    int         // most entries that are kept; 0: DefaultEntries
}

// DefaultEntries is how many entries an Activity keeps unless it is told otherwise.
const DefaultEntries = 2000

// The pace of an Activity.
const (
	activityGap    = 250 * time.Millisecond // least time between two snapshots
	activitySettle = 1500 * time.Millisecond
)

// Activity follows what happens in one workspace: task events and whether they took
// effect, check-ins, slots that join, close and are reaped, and the hub's starts and
// stops. It has one reader. It reads files, and of the connection it was given only
// what exists; it creates nothing, and does not close the connection.
type Activity struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	done    chan struct{}
	ask     chan chan<- []Entry
	peek    chan chan<- []Entry
	problem atomic.Pointer[string]
}

// Follow starts following the workspace at root. Without a connection there are no
// task events.
func Follow(root string, nc *nats.Conn, o ActivityOptions) *Activity {
	if o.Limit <= 0 {
		o.Limit = DefaultEntries
	}
	ctx, cancel := context.WithCancel(context.Background())
	a := &Activity{cancel: cancel, done: make(chan struct{}), ask: make(chan chan<- []Entry), peek: make(chan chan<- []Entry)}
	n := &narrator{a: a, line: newTimeline(o.Since, o.Limit), events: make(chan taskNews), records: make(chan update), files: make(chan func(*timeline)), bad: unread{source: "messages of " + StreamTaskEvents}}
	retry := defaultPace().retry
	if nc != nil {
		n.waiting = 3
		s := &taskStream{nc: nc, back: uint64(o.Limit), retry: retry, out: n.events}
		b := &bucket{nc: nc, name: BucketTasks, every: time.Hour, retry: retry, history: true, out: n.records}
		a.running.Go(func() { s.run(ctx) })
		a.running.Go(func() { b.run(ctx) })
	} else {
		n.waiting = 1
		n.report(errDisconnected)
	}
	d := bonesdir.At(root)
	files := &activityFiles{
		checkIns: o.CheckIns, limit: o.Limit, out: n.files,
		events: tail{path: d.SwarmEvents(), back: oldEvents}, log: tail{path: d.Log(), back: oldLog},
		older: tail{path: d.Log() + ".1", back: oldLog},
	}
	a.running.Go(func() { files.run(ctx) })
	a.running.Go(func() { n.run(ctx) })
	return a
}

// Next returns all entries, the oldest first, once they differ from those returned
// before. The first come when every source was read, or soon without it.
func (a *Activity) Next(ctx context.Context) ([]Entry, error) { return a.entries(ctx, a.ask) }

// Entries returns all entries as they are now, the oldest first, once every source was
// read. Other than Next it may be called by anybody, and does not wait for a change.
func (a *Activity) Entries(ctx context.Context) ([]Entry, error) { return a.entries(ctx, a.peek) }

func (a *Activity) entries(ctx context.Context, ask chan<- chan<- []Entry) ([]Entry, error) {
	reply := make(chan []Entry, 1)
	select {
	case ask <- reply:
		return <-reply, nil
	case <-a.done:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Problem says why task events may be missing, and which could not be read, in a few
// words; "" if nothing is wrong.
func (a *Activity) Problem() string {
	if p := a.problem.Load(); p != nil {
		return *p
	}
	return ""
}

// Close stops following and waits for the goroutines. It always returns nil.
func (a *Activity) Close() error {
	a.cancel()
	a.running.Wait()
	return nil
}

// narrator is the goroutine behind an Activity; it alone touches the timeline.
type narrator struct {
	a       *Activity
	line    *timeline
	events  chan taskNews
	records chan update
	files   chan func(*timeline)

	waiting                    int // sources that the first snapshot waits for
	seenEvents, seenRecs, read bool
	due                        bool
	bad                        unread // task events
}

func (n *narrator) run(ctx context.Context) {
	defer close(n.a.done)
	n.line.changed, n.due = true, true
	settle, gap := time.NewTimer(activitySettle), time.NewTimer(activityGap)
	defer settle.Stop()
	defer gap.Stop()
	judge := time.NewTicker(settleWithin / 4)
	defer judge.Stop()
	for {
		select {
		case reply := <-n.asked():
			reply <- n.line.snapshot()
			n.due, n.line.changed = false, false
			gap.Reset(activityGap)
		case reply := <-n.peeked():
			reply <- n.line.snapshot()
		case <-gap.C:
			n.due = true
		case <-settle.C:
			n.waiting = 0
		case u := <-n.events:
			n.takeEvents(u)
		case u := <-n.records:
			n.takeRecords(u)
		case put := <-n.files:
			n.line.now = time.Now()
			put(n.line)
			n.arrived(&n.read)
		case now := <-judge.C:
			n.line.changed = n.line.proofs.settle(now) || n.line.changed
			if len(n.line.proofs) > 2*n.line.limit {
				n.line.proofs.prune()
			}
		case <-ctx.Done():
			return
		}
	}
}

// asked returns where Next asks while there is an answer, else nil.
func (n *narrator) asked() <-chan chan<- []Entry {
	if n.line.changed && n.due && n.waiting <= 0 {
		return n.a.ask
	}
	return nil
}

// peeked returns where Entries asks once there is an answer, else nil.
func (n *narrator) peeked() <-chan chan<- []Entry {
	if n.waiting <= 0 {
		return n.a.peek
	}
	return nil
}

// report says why task events are missing, which err tells of or their own content.
func (n *narrator) report(err error) {
	text := strings.Join(slices.DeleteFunc([]string{problemOf(err), n.bad.String()}, func(s string) bool { return s == "" }), "; ")
	n.a.problem.Store(&text)
}

// arrived counts a source the first time it was read.
func (n *narrator) arrived(once *bool) {
	if !*once {
		*once = true
		n.waiting--
	}
}

func (n *narrator) takeEvents(u taskNews) {
	now := time.Now()
	for _, m := range u.messages {
		if m.err != nil {
			n.bad.note(fmt.Sprintf("message %d", m.seq), m.err)
		} else if m.event.TaskID != "" {
			n.line.putTaskEvent(m, now)
		}
	}
	n.report(u.err)
	if u.caughtUp {
		n.arrived(&n.seenEvents)
		n.forget()
	}
}

func (n *narrator) takeRecords(u update) {
	now := time.Now()
	for _, r := range u.records {
		if n.line.proofs.put(r, now) {
			n.line.changed = true
		}
	}
	if u.listed || u.err != nil {
		n.arrived(&n.seenRecs)
		n.forget()
	}
}

// forget drops the records of tasks that no entry speaks of, once both are there. A
// later event finds its proof in a later record.
func (n *narrator) forget() {
	if n.seenEvents && n.seenRecs {
		n.line.proofs.prune()
	}
}
