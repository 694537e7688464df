package hub_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

// clients work on whatever hub the workspace has, and keep what they were told to be
// done.
type clients struct {
	t    testing.TB
	dir  bonesdir.Dir
	end  context.CancelFunc
	work sync.WaitGroup

	mu       sync.Mutex
	messages map[uint64]string // sequence -> subject
	checked  map[uint64]bool
	lease    map[string]uint64 // slot -> newest counter
	leases   int
	checkIns []string
	seen     [3]int
	deaf     bool // what they are told counts for nothing
}

// listen says whether what they are told from now on counts.
func (c *clients) listen(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = !on
}

func startClients(tb testing.TB, root string) *clients {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c := &clients{t: tb, dir: bonesdir.At(root), end: cancel, messages: map[uint64]string{}, checked: map[uint64]bool{}, lease: map[string]uint64{}}
	tb.Cleanup(c.stop)
	for i := range 2 {
		c.work.Go(func() { c.loop(ctx, func(js jetstream.JetStream) error { return c.publish(ctx, js, i) }) })
	}
	c.work.Go(func() { c.loop(ctx, func(js jetstream.JetStream) error { return c.renew(ctx, js) }) })
	clone := c.clone(root)
	c.work.Go(func() { c.commit(ctx, clone) })
	return c
}

// more reports whether n more messages, leases and one check-in each were acknowledged
// since it last said so.
func (c *clients) more(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := [3]int{len(c.messages), c.leases, len(c.checkIns)}
	if now[0] < c.seen[0]+n || now[1] < c.seen[1]+n || now[2] < c.seen[2]+1 {
		return false
	}
	c.seen = now
	return true
}

func (c *clients) stop() {
	c.end()
	c.work.Wait()
}

// loop does one thing again and again, on a new connection after each failure.
func (c *clients) loop(ctx context.Context, do func(jetstream.JetStream) error) {
	for ctx.Err() == nil {
		nc, err := nats.Connect(c.dir.NATSURL(), nats.NoReconnect(), nats.Timeout(200*time.Millisecond))
		if err != nil {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		js, err := jetstream.New(nc)
		for err == nil && ctx.Err() == nil {
			err = do(js)
			time.Sleep(2 * time.Millisecond)
		}
		nc.Close()
	}
}

func (c *clients) publish(ctx context.Context, js jetstream.JetStream, i int) error {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	subject := fmt.Sprintf("tasks.events.p%d-%d", i, time.Now().UnixNano())
	ack, err := js.Publish(ctx, subject, []byte(`{"type":9,"task_id":"x","payload":{}}`))
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.deaf {
		return nil
	}
	if other, ok := c.messages[ack.Sequence]; ok {
		c.t.Errorf("sequence %d was given to %s and to %s", ack.Sequence, other, subject)
	}
	c.messages[ack.Sequence] = subject
	return nil
}

func (c *clients) renew(ctx context.Context, js jetstream.JetStream) error {
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	kv, err := js.KeyValue(ctx, slots.BucketTasks) // not the sessions: those would hold up polite stops
	if err != nil {
		return err
	}
	c.mu.Lock()
	n := c.leases + 1
	c.mu.Unlock()
	key := fmt.Sprint("lease-", n%20)
	if _, err := kv.PutString(ctx, key, strconv.Itoa(n)); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.deaf {
		c.lease[key], c.leases = uint64(n), n
	}
	return nil
}

func (c *clients) clone(root string) *fossil.Repo {
	c.t.Helper()
	h := startHub(c.t, root)
	clone, err := fossil.Clone(c.t.Context(), filepath.Join(c.t.TempDir(), "clone.fossil"), fossil.NewHTTPTransport(c.dir.FossilURL()), fossil.CloneOptions{RelaxedSync: true})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = clone.Close() })
	stopHub(c.t, h)
	return clone
}

func (c *clients) commit(ctx context.Context, clone *fossil.Repo) {
	for i := 0; ctx.Err() == nil; i++ {
		time.Sleep(15 * time.Millisecond)
		ci, err := clone.Commit(ctx, fossil.Commit{
			Branch: fossil.Trunk, User: "slot-a", Comment: fmt.Sprint("work ", i), Time: time.Now(),
			Files: []fossil.File{{Name: "work.txt", Content: fmt.Append(nil, "line ", i, "\n")}},
		})
		if err != nil {
			if ctx.Err() == nil {
				c.t.Errorf("commit: %v", err)
			}
			return
		}
		for ctx.Err() == nil {
			try, cancel := context.WithTimeout(ctx, time.Second)
			_, err := clone.Push(try, fossil.NewHTTPTransport(c.dir.FossilURL()), fossil.SyncOptions{})
			cancel()
			if err == nil {
				c.mu.Lock()
				if !c.deaf {
					c.checkIns = append(c.checkIns, ci.UUID)
				}
				c.mu.Unlock()
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// check looks for everything that was acknowledged: the newest things each time, all
// of them at last.
func (c *clients) check(h *hub.Hub, all bool) {
	c.t.Helper()
	ctx := context.Background()
	c.mu.Lock()
	defer c.mu.Unlock()
	js, err := jetstream.New(h.Conn())
	if err != nil {
		c.t.Fatal(err)
	}
	stream, err := js.Stream(ctx, slots.StreamTaskEvents)
	if err != nil {
		c.t.Fatal(err)
	}
	for seq, subject := range c.messages {
		if c.checked[seq] && !all {
			continue
		}
		if m, err := stream.GetMsg(ctx, seq); err != nil || m.Subject != subject {
			c.t.Errorf("message %d, %s, is lost: %v", seq, subject, err)
		}
		c.checked[seq] = true
	}
	kv, err := js.KeyValue(ctx, slots.BucketTasks)
	if err != nil {
		c.t.Fatal(err)
	}
	for key, n := range c.lease {
		e, err := kv.Get(ctx, key)
		if err != nil {
			c.t.Errorf("lease %s is lost: %v", key, err)
			continue
		}
		if got, err := strconv.ParseUint(string(e.Value()), 10, 64); err != nil || got < n {
			c.t.Errorf("lease %s went back from %d to %q", key, n, e.Value())
		}
	}
	c.checkCheckIns(all)
}

func (c *clients) checkCheckIns(all bool) {
	c.t.Helper()
	repo, err := fossil.Open(context.Background(), c.dir.Fossil(), fossil.ReadOnly)
	if err != nil {
		c.t.Fatal(err)
	}
	defer repo.Close()
	uuids := c.checkIns
	if !all {
		uuids = uuids[max(0, len(uuids)-50):]
	}
	for _, uuid := range uuids {
		if _, err := repo.Resolve(context.Background(), uuid); err != nil {
			c.t.Errorf("check-in %s is lost: %v", uuid, err)
		}
	}
	if all {
		if err := repo.Verify(context.Background()); err != nil {
			c.t.Errorf("verify: %v", err)
		}
	}
}
