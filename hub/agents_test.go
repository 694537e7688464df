package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

// agents work in a workspace through every change of its hub, and keep what they were
// told to be done. They know what agents know: the URL files. The session records make
// their slots active, so that only a forced stop ends a hub under them.
type agents struct {
	tb     testing.TB
	dir    bonesdir.Dir
	clones string // where the clones are
	end    context.CancelFunc
	work   sync.WaitGroup
	kinds  []string // of what is done

	mu       sync.Mutex
	done     record
	fresh    record // of it what check has not looked for yet; messages and check-ins only
	outage   outages
	progress map[string]int // kind -> how often something was confirmed
}

// record is what was confirmed.
type record struct {
	messages map[uint64]string        // sequence -> subject
	leases   map[string]slots.Session // slot -> newest record
	revs     map[string]uint64        // slot -> its revision
	checkIns []string
	slots    []string // whose directories are complete
}

func newRecord() record {
	return record{messages: map[uint64]string{}, leases: map[string]slots.Session{}, revs: map[string]uint64{}}
}

// outages are what clients went through in some time.
type outages struct {
	nats                   time.Duration // longest time between two acknowledgements that one client got
	fossil                 time.Duration // longest time between two answers of the Fossil port
	asked, refused, broken int           // new connections to that port; neither: a good answer
	late                   int           // of them, answered by nobody in agentsPatience
	why                    error         // the last broken one
}

// What agents do in all: of each kind one, but publishers.
const (
	publishers  = 2
	maxSlots    = 40
	agentsPause = 2 * time.Millisecond
	askPause    = 5 * time.Millisecond // of the Fossil port: the machine has a limited number of ports
	checkInTime = 15 * time.Millisecond
)

// noProcess is a pid that no process has: it is beyond what kernels give out.
const noProcess = 1<<22 + 1

// startAgents has agents work until stop, or the end of the test. A hub may come later.
func startAgents(tb testing.TB, root string) *agents {
	tb.Helper()
	a, ctx := startFewAgents(tb, root, publishers)
	a.kinds = append(a.kinds, "lease", "check-in")
	turn := 0
	a.work.Go(func() {
		a.talk(ctx, func(ctx context.Context, js jetstream.JetStream) error { turn++; return a.renew(ctx, js, turn) })
	})
	a.work.Go(func() { a.commit(ctx) })
	return a
}

// startFewAgents is startAgents with nobody but publishers and one who asks the Fossil
// port: they leave the processor to the hubs.
func startFewAgents(tb testing.TB, root string, publishers int) (*agents, context.Context) {
	tb.Helper()
	ctx, end := context.WithCancel(context.Background())
	a := &agents{tb: tb, dir: bonesdir.At(root), clones: tb.TempDir(), end: end, done: newRecord(), fresh: newRecord(), progress: map[string]int{}}
	tb.Cleanup(a.stop)
	for i := range publishers {
		a.kinds = append(a.kinds, fmt.Sprint("message of ", i))
		gap := newMeter(func(d time.Duration) { a.outage.nats = max(a.outage.nats, d) })
		a.work.Go(func() {
			a.talk(ctx, func(ctx context.Context, js jetstream.JetStream) error { return a.publish(ctx, js, i, gap) })
		})
	}
	a.kinds = append(a.kinds, "answer")
	a.work.Go(func() { a.ask(ctx) })
	return a, ctx
}

// stop ends the work and waits for its end. Calling it again does nothing.
func (a *agents) stop() {
	a.end()
	a.work.Wait()
}

// talk does one thing over NATS again and again.
func (a *agents) talk(ctx context.Context, do func(context.Context, jetstream.JetStream) error) {
	l := line{dir: a.dir}
	defer l.close()
	for rest(ctx, agentsPause) {
		_ = l.try(ctx, do) // what was not confirmed does not count
	}
}

// rest pauses and reports whether ctx goes on.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (a *agents) publish(ctx context.Context, js jetstream.JetStream, i int, gap *meter) error {
	subject := fmt.Sprintf("tasks.events.agent%d-%d", i, time.Now().UnixNano())
	ack, err := js.Publish(ctx, subject, []byte(`{"type":9,"task_id":"x","payload":{}}`))
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	gap.answered()
	if other, ok := a.done.messages[ack.Sequence]; ok {
		a.tb.Errorf("sequence %d was given to %s and to %s", ack.Sequence, other, subject)
	}
	a.done.messages[ack.Sequence], a.fresh.messages[ack.Sequence] = subject, subject
	a.progress[fmt.Sprint("message of ", i)]++
	return nil
}

// renew renews the lease of one slot after the other, and now and then joins a slot.
func (a *agents) renew(ctx context.Context, js jetstream.JetStream, turn int) error {
	a.mu.Lock()
	n := len(a.done.slots)
	a.mu.Unlock()
	i := turn % max(n, 1)
	if n == 0 || n < maxSlots && turn%10 == 0 {
		i = n
	}
	name := fmt.Sprint("agent-", i)
	if err := a.lease(ctx, js, name); err != nil || i < n {
		return err
	}
	if err := joinDir(a.dir, name); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done.slots = append(a.done.slots, name)
	return nil
}

// lease writes the slot's session record.
func (a *agents) lease(ctx context.Context, js jetstream.JetStream, name string) error {
	kv, err := js.KeyValue(ctx, slots.BucketSessions)
	if err != nil {
		return err
	}
	host, _ := os.Hostname()
	now := time.Now().UTC()
	a.mu.Lock()
	s := a.done.leases[name]
	a.mu.Unlock()
	if s.Slot == "" {
		s = slots.Session{Slot: name, TaskID: "t-" + name, AgentID: "slot-" + name, Host: host, LeafPID: noProcess, StartedAt: now}
	}
	s.LastRenewed = now
	value, err := s.Encode()
	if err != nil {
		return err
	}
	rev, err := kv.Put(ctx, name, value)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done.leases[name], a.done.revs[name] = s, rev
	a.progress["lease"]++
	return nil
}

// joinDir makes the directory that a join leaves: the pid of a command that has ended,
// and work that is nowhere else.
func joinDir(d bonesdir.Dir, name string) error {
	tree := filepath.Join(d.Slot(name), "wt")
	if err := os.MkdirAll(tree, 0o755); err != nil {
		return err
	}
	join := fmt.Sprintf(`{"event":"join","slot":%q,"task_id":%q,"ts":%q,"worktree":%q}`+"\n",
		name, "t-"+name, time.Now().UTC().Format(time.RFC3339), tree)
	return errors.Join(
		os.WriteFile(filepath.Join(d.Slot(name), "leaf.pid"), fmt.Appendln(nil, noProcess), 0o644),
		os.WriteFile(filepath.Join(d.Slot(name), "log"), []byte(join), 0o644),
		os.WriteFile(filepath.Join(tree, "work.txt"), []byte("work of "+name+"\n"), 0o644))
}

// commit checks in to a clone and pushes each check-in until the server has confirmed
// it. If the server is of another project, or refuses, it clones anew, as the next
// agent would.
func (a *agents) commit(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		path := filepath.Join(a.clones, fmt.Sprint(n, ".fossil"))
		clone, err := fossil.Clone(ctx, path, a.fossil(), fossil.CloneOptions{RelaxedSync: true})
		if err != nil {
			rest(ctx, agentsPause)
			continue
		}
		for i := 0; rest(ctx, checkInTime); i++ {
			if err = a.checkIn(ctx, clone, fmt.Sprint("work ", n, "-", i)); err != nil {
				break
			}
		}
		if err = errors.Join(err, clone.Close(), os.Remove(path)); ctx.Err() == nil && !errors.Is(err, fossil.ErrRefused) {
			a.tb.Errorf("commit: %v", err)
			return
		}
	}
}

// checkIn returns nil once the server has the check-in, and otherwise an error of the
// clone, or ErrRefused.
func (a *agents) checkIn(ctx context.Context, clone *fossil.Repo, text string) error {
	ci, err := clone.Commit(ctx, fossil.Commit{
		Branch: fossil.Trunk, User: "slot-a", Comment: text, Time: time.Now(),
		Files: []fossil.File{{Name: "work.txt", Content: []byte(text + "\n")}},
	})
	if err != nil {
		return err
	}
	for {
		try, cancel := context.WithTimeout(ctx, agentsPatience)
		_, err := clone.Push(try, a.fossil(), fossil.SyncOptions{})
		cancel()
		if err == nil {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.done.checkIns, a.fresh.checkIns = append(a.done.checkIns, ci.UUID), append(a.fresh.checkIns, ci.UUID)
			a.progress["check-in"]++
			return nil
		}
		if errors.Is(err, fossil.ErrRefused) {
			return err
		}
		if !rest(ctx, agentsPause) {
			return ctx.Err()
		}
	}
}

// fossil reads the URL file anew.
func (a *agents) fossil() fossil.Transport { return fossil.NewHTTPTransport(a.dir.FossilURL()) }

// ask asks the Fossil port for its health, on a new connection each time.
func (a *agents) ask(ctx context.Context) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: agentsPatience}
	gap := newMeter(func(d time.Duration) { a.outage.fossil = max(a.outage.fossil, d) })
	for rest(ctx, askPause) {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, a.dir.FossilURL()+"/healthz", http.NoBody)
		if err != nil {
			continue // there is no URL
		}
		r, err := client.Do(q)
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode != http.StatusOK {
				err = errors.New(r.Status)
			}
		}
		if ctx.Err() != nil {
			return
		}
		a.mu.Lock()
		a.outage.asked++
		switch {
		case err == nil:
			gap.answered()
			a.progress["answer"]++
		case errors.Is(err, syscall.ECONNREFUSED):
			a.outage.refused++
		case errors.Is(err, context.DeadlineExceeded):
			a.outage.late++
		default:
			a.outage.broken++
			a.outage.why = err
		}
		a.mu.Unlock()
	}
}
