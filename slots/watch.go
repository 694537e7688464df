package slots

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
)

// ErrClosed is returned by Next once the watcher is closed.
var ErrClosed = errors.New("slots: watcher closed")

// pace is how often a watcher does what.
type pace struct {
	snapshot time.Duration // least time between two snapshots
	settle   time.Duration // how long the first one waits for the sessions
	rescan   time.Duration // directories, pids and ages
	relist   time.Duration // sessions: eviction sends no message
	tasks    time.Duration // tasks: nothing evicts them
	retry    time.Duration // a bucket that cannot be followed
	work     time.Duration // a worktree that was read
}

func defaultPace() pace {
	return pace{
		snapshot: 90 * time.Millisecond, // so that a change is shown within 100
		settle:   250 * time.Millisecond,
		rescan:   2 * time.Second,
		relist:   30 * time.Second,
		tasks:    5 * time.Minute,
		retry:    5 * time.Second,
		work:     10 * time.Second,
	}
}

// Watcher follows the slots of one workspace. It has one reader: each snapshot goes
// to one call of Next. It reads directories, and of the connection it was given only
// what exists; it creates nothing, and it does not close the connection.
type Watcher struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	done    chan struct{}
	ask     chan chan<- []Slot
	problem atomic.Pointer[string]
}

// WatchOption changes what a Watcher sees.
type WatchOption func(*follower)

// WithWork has worktrees and clones read, one after the other and without haste:
// a slot's Work comes after its first snapshot, and is read again when its log has a
// new line, else every now and then.
func WithWork(read WorkFunc) WatchOption { return func(f *follower) { f.surveys.read = read } }

// Watch starts following the slots of the workspace at root. Without a connection
// only directories are seen. A connection that is lost may come back at any time;
// until then the sessions keep ageing as they were last seen.
func Watch(root string, nc *nats.Conn, opts ...WatchOption) *Watcher {
	return watch(root, nc, defaultPace(), opts...)
}

func watch(root string, nc *nats.Conn, p pace, opts ...WatchOption) *Watcher {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{cancel: cancel, done: make(chan struct{}), ask: make(chan chan<- []Slot)}
	updates := make(chan update)
	if nc != nil {
		for _, b := range []*bucket{
			{nc: nc, name: BucketSessions, every: p.relist, retry: p.retry, out: updates},
			{nc: nc, name: BucketTasks, every: p.tasks, retry: p.retry, out: updates},
			{nc: nc, name: BucketHolds, every: p.relist, retry: p.retry, out: updates},
			{nc: nc, name: BucketPresence, every: p.relist, retry: p.retry, out: updates},
		} {
			w.running.Go(func() { b.run(ctx) })
		}
	}
	if nc == nil {
		w.report(errDisconnected.Error())
	}
	d := bonesdir.At(root)
	f := &follower{
		w: w, pace: p, dir: d, board: newBoard(d.Root, hostname()), updates: updates, waiting: nc != nil,
		events: tail{path: d.SwarmEvents(), back: oldEvents}, surveys: newSurveys(p.work),
	}
	for _, o := range opts {
		o(f)
	}
	w.running.Go(func() { f.run(ctx) })
	w.running.Go(func() { f.surveys.run(ctx) })
	return w
}

// Next returns a snapshot of all slots, sorted by name, once it differs from the one
// returned before. The first comes at once, that is when the sessions have been read,
// or after a quarter of a second without them. Snapshots are at least 90 ms apart,
// so one may hold many changes. States are not in it: they follow from Slot.State
// and the time. It returns ctx's error, or ErrClosed.
func (w *Watcher) Next(ctx context.Context) ([]Slot, error) {
	reply := make(chan []Slot, 1)
	select {
	case w.ask <- reply:
		return <-reply, nil
	case <-w.done:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Problem says why snapshots may lack sessions, and which records could not be read, in
// a few words; "" if nothing is wrong. A bucket that does not exist yet is not a problem.
func (w *Watcher) Problem() string {
	if p := w.problem.Load(); p != nil {
		return *p
	}
	return ""
}

// report sets the problem to what is wrong, and reports whether that is news.
func (w *Watcher) report(wrong ...string) bool {
	text := strings.Join(slices.DeleteFunc(wrong, func(s string) bool { return s == "" }), "; ")
	if text == w.Problem() {
		return false
	}
	w.problem.Store(&text)
	return true
}

// problemOf says in a few words why a source cannot be followed, "" if it can be, or is
// not there yet.
func problemOf(err error) string {
	switch {
	case errors.Is(err, errDisconnected):
		return errDisconnected.Error()
	case err != nil && !missing(err):
		return err.Error()
	default:
		return ""
	}
}

// Close stops the watcher and waits for its goroutines. It always returns nil.
func (w *Watcher) Close() error {
	w.cancel()
	w.running.Wait()
	return nil
}

// follower is the goroutine behind a Watcher; it alone touches the board.
type follower struct {
	w       *Watcher
	pace    pace
	dir     bonesdir.Dir
	board   *board
	updates <-chan update
	events  tail  // of the slots' history
	plan    stamp // of the dispatch manifest, when it was read
	surveys *surveys

	fs      *fsnotify.Watcher // nil if the system grants none: rescans do
	next    *time.Timer       // the next rescan
	hurried bool              // next was moved forward
	fresh   bool              // the board differs from the last snapshot
	due     bool              // the last snapshot is old enough
	waiting bool              // the first snapshot waits for the sessions
	away    string            // why the sessions cannot be followed
}

func (f *follower) run(ctx context.Context) {
	defer close(f.w.done)
	created, lost, release := f.watchFiles()
	defer release()
	defer f.surveys.timer.Stop()
	f.next = time.NewTimer(f.pace.rescan)
	f.rescan()
	f.fresh, f.due = true, true
	settle, gap := time.NewTimer(f.pace.settle), time.NewTimer(f.pace.snapshot)
	for {
		select {
		case reply := <-f.asked():
			reply <- f.board.snapshot()
			f.fresh, f.due = false, false
			gap.Reset(f.pace.snapshot)
		case <-gap.C:
			f.due = true
		case <-settle.C:
			f.waiting = false
		case u := <-f.updates:
			f.take(u)
		case <-created:
			f.hurry()
		case err := <-lost:
			if err != nil {
				f.hurry()
			}
		case <-f.next.C:
			f.rescan()
		case f.surveys.ask() <- f.surveys.next:
			f.surveys.asked()
		case done := <-f.surveys.done:
			f.mark(f.board.setWork(done.slot, done.work))
			f.surveys.rest(done, time.Now())
			f.survey()
		case <-f.surveys.timer.C:
			f.surveys.rested()
			f.survey()
		case <-ctx.Done():
			return
		}
	}
}

// asked returns where Next asks while there is an answer, else nil.
func (f *follower) asked() <-chan chan<- []Slot {
	if f.fresh && f.due && !f.waiting {
		return f.w.ask
	}
	return nil
}

// take puts one update of a bucket on the board.
func (f *follower) take(u update) {
	now := time.Now()
	if u.bucket == BucketSessions {
		f.waiting = false
		f.away = problemOf(u.err)
	}
	switch {
	case errors.Is(u.err, jetstream.ErrBucketNotFound):
		f.takeList(update{bucket: u.bucket}, now)
	case u.err != nil:
	case u.listed:
		f.takeList(u, now)
	default:
		for _, r := range u.records {
			f.takeOne(u.bucket, r, now)
		}
	}
	f.mark(f.w.report(f.away, f.board.problem()))
	f.survey()
}

func (f *follower) takeList(u update, now time.Time) {
	records := u.records
	switch u.bucket {
	case BucketSessions:
		if u.part {
			f.mark(f.board.listSome(records, now))
		} else {
			f.mark(f.board.listSessions(records, now))
		}
	case BucketTasks:
		f.mark(f.board.listTasks(records))
	case BucketHolds:
		f.mark(f.board.signs.listHolds(records, now))
	case BucketPresence:
		f.mark(f.board.signs.listPresence(records, now))
	}
}

func (f *follower) takeOne(bucket string, r record, now time.Time) {
	switch bucket {
	case BucketSessions:
		f.mark(f.board.putSession(r, now))
		if r.deleted {
			f.hurry() // the slot's log and directory say how it ended
		}
	case BucketTasks:
		f.mark(f.board.putTask(r))
	case BucketHolds:
		f.mark(f.board.signs.putHold(r, now))
	case BucketPresence:
		f.mark(f.board.signs.putPresence(r, now))
	}
}

// hurry asks for a rescan soon, once until it happens.
func (f *follower) hurry() {
	if !f.hurried {
		f.hurried = true
		f.next.Reset(f.pace.snapshot / 2)
	}
}

// rescan looks at the directories and the ages. However many slots there are, it
// takes half a percent of the time at most, unless hurried.
func (f *follower) rescan() {
	began := time.Now()
	f.arm()
	if dirs, err := scan(f.dir, f.board.dirs); err == nil {
		f.surveys.setDirs(f.board.dirs, dirs)
		f.mark(f.board.setDirs(dirs))
	}
	f.mark(f.board.readEvents(&f.events))
	f.mark(f.board.readPlan(f.dir, &f.plan))
	f.survey()
	now := time.Now()
	f.mark(f.board.expire(now, 2*f.pace.relist))
	f.hurried = false
	f.next.Reset(max(f.pace.rescan, 200*now.Sub(began)))
}

func (f *follower) mark(changed bool) { f.fresh = f.fresh || changed }
