package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
)

// gaps are the longest times without an answer.
type gaps struct{ nats, http time.Duration }

// watchGaps asks both services again and again, on new connections after each failure. It
// returns when both are at work; the returned function ends it when both have answered once
// more.
func watchGaps(natsURL, fossilURL string) (end func() gaps) {
	ctx, cancel := context.WithCancel(context.Background())
	var g gaps
	var asking, working sync.WaitGroup
	working.Add(2)
	asking.Go(func() { g.nats = longestGap(ctx, natsAsker(natsURL), working.Done) })
	asking.Go(func() { g.http = longestGap(ctx, httpAsker(fossilURL), working.Done) })
	working.Wait()
	return func() gaps { cancel(); asking.Wait(); return g }
}

const (
	askEvery = 2 * time.Millisecond // is how exact a gap is known
	atWork   = 20                   // answers, and a service is at work
)

// longestGap asks until ctx has ended and there was an answer after that, or it gives up.
// working is called when the service is at work, or in the end.
func longestGap(ctx context.Context, ask func(context.Context) error, working func()) (longest time.Duration) {
	asking, giveUp := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer giveUp()
	working = sync.OnceFunc(working)
	defer working()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	last, answers, over := time.Now(), 0, false
	for asking.Err() == nil && !over {
		ending := ctx.Err() != nil
		try, cancel := context.WithTimeout(asking, time.Second)
		err := ask(try)
		cancel()
		if err == nil {
			longest, last = max(longest, time.Since(last)), time.Now()
			answers, over = answers+1, ending
		}
		if answers == atWork {
			working()
		}
		<-tick.C
	}
	_ = ask(context.WithoutCancel(ctx)) // closes what is open
	return longest
}

// natsAsker publishes a message that JetStream has to acknowledge.
func natsAsker(url string) func(context.Context) error {
	var nc *nats.Conn
	return func(ctx context.Context) (err error) {
		if nc == nil {
			if nc, err = nats.Connect(url, nats.NoReconnect(), nats.Timeout(300*time.Millisecond)); err != nil {
				nc = nil
				return err
			}
		}
		js, err := jetstream.New(nc)
		if err == nil && ctx.Done() != nil {
			_, err = js.Publish(ctx, "tasks.events.gap", []byte("{}"), jetstream.WithRetryAttempts(0))
		}
		if err != nil || ctx.Done() == nil {
			nc.Close()
			nc = nil
		}
		return err
	}
}

func httpAsker(url string) func(context.Context) error {
	transport := &http.Transport{}
	return func(ctx context.Context) error {
		if ctx.Done() == nil {
			transport.CloseIdleConnections()
			return nil
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", http.NoBody)
		if err != nil {
			return err
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("status %s", resp.Status)
		}
		return nil
	}
}

func handOver(tb testing.TB, root string) gaps {
	tb.Helper()
	h := startHub(tb, root)
	tb.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	end := watchGaps(hub.NATSURL(root), hub.FossilURL(root))
	err := h.HandOver(context.Background())
	g := end()
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func TestHandOverGapIsShort(t *testing.T) {
	g := handOver(t, newWorkspace(t))
	if g.nats > 5*time.Second || g.http > 5*time.Second {
		t.Errorf("gaps %+v", g)
	}
	t.Logf("gap of a NATS client %s, of an HTTP client %s", g.nats, g.http)
}

// What refuses a start must not strand the agents of a hub that serves already.
func TestHandOverIsPastTheGatesOfAStart(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	write(t, root, ".claude/worktrees/agent-7/x", "", 0o644)
	if err := h.HandOver(t.Context()); err != nil {
		t.Errorf("HandOver = %v", err)
	}
	if pid, ok := hub.IsRunning(root); !ok || pid == os.Getpid() {
		t.Errorf("IsRunning = %d, %t, want another process", pid, ok)
	}
}

func TestHandOverAfterItsContextChangesNothing(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.HandOver(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("HandOver = %v", err)
	}
	if st := statusOf(t, h); st.Phase != hub.PhaseReady {
		t.Errorf("the hub is %s", st.Phase)
	}
}

// A hub that drains does not come back, so the new one must come whoever waits for it.
func TestHandOverWhoseContextEndsLeavesAHub(t *testing.T) {
	root := newWorkspace(t)
	h, err := hub.New(root)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	hub.AtStep(h, func(_ string, undo bool) error {
		if undo {
			cancel()
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	err = h.HandOver(ctx)
	var left *hub.TakeOverError
	if !errors.As(err, &left) || !errors.Is(err, context.Canceled) {
		t.Errorf("HandOver = %v", err)
	}
	<-h.Done()
	if !awaitHub(t, root, 30*time.Second) {
		t.Fatal("nobody serves the workspace")
	}
	if pid, _ := hub.IsRunning(root); left != nil && pid != left.PID {
		t.Errorf("pid %d serves, the error names %d", pid, left.PID)
	}
}

// While something of the old hub goes on its process keeps the lock, so waiting for the
// new one would be waiting for ever.
func TestHandOverDoesNotWaitForItsOwnLock(t *testing.T) {
	root := newWorkspace(t)
	h, err := hub.New(root, hub.WithDrainTimeout(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	resume, passed := make(chan struct{}), make(chan struct{})
	hub.AtStep(h, func(step string, undo bool) error {
		if undo && step == "marks" {
			<-resume
			close(passed)
		}
		return nil
	})
	go func() { _ = h.Run(context.Background()) }()
	awaitReady(t, h)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = h.HandOver(ctx)
	var left *hub.TakeOverError
	if !errors.As(err, &left) || !errors.Is(err, hub.ErrDrainTimeout) {
		t.Errorf("HandOver = %v", err)
	} else {
		killAll(root, left.PID)
	}
	close(resume)
	<-passed
}

// BenchmarkHandOver reports how long NATS is away in a hand-over from process to process,
// as a publisher sees it that connects anew at once, and how many of the connections to
// the Fossil port are refused or hung up on. Nobody else is at work, for a benchmark that
// keeps the processor busy measures itself.
func BenchmarkHandOver(b *testing.B) {
	a := newArena(b)
	g, _ := startFewAgents(b, a.root, 1)
	g.busy(b)
	f := a.settle()
	g.outages()
	var away []time.Duration
	var all outages
	for b.Loop() {
		changes["hand-over"](a, f)
		within(b, time.Minute, "handed over", func() bool {
			rec, err := a.dir.ReadPID()
			return err == nil && rec.PID != f.hub
		})
		g.busy(b)
		f = a.settle()
		o := g.outages()
		away = append(away, o.nats)
		all.asked, all.refused, all.broken = all.asked+o.asked, all.refused+o.refused, all.broken+o.broken
	}
	b.ReportMetric(float64(median(away).Microseconds())/1000, "nats-gap-ms")
	b.ReportMetric(float64(all.asked), "connections")
	b.ReportMetric(float64(all.refused), "refused")
	b.ReportMetric(float64(all.broken), "broken")
}

// BenchmarkKilledHub reports the median time from the death of a hub to the ready one
// after it.
func BenchmarkKilledHub(b *testing.B) {
	a := newArena(b)
	f := a.settle()
	var back []time.Duration
	for b.Loop() {
		run := a.run()
		begin := time.Now()
		changes["death"](a, f)
		within(b, time.Minute, "back", func() bool { return a.another(run) })
		back = append(back, time.Since(begin))
		f = a.renewKeeper(a.settle())
	}
	b.ReportMetric(float64(median(back).Milliseconds()), "back-ms")
}
