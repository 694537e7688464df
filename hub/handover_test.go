package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
)

// gaps are the longest times without an answer.
type gaps struct{ nats, http time.Duration }

// watchGaps asks both services again and again, on new connections after each
// failure, until the returned function ends it.
func watchGaps(natsURL, fossilURL string) (end func() gaps) {
	ctx, cancel := context.WithCancel(context.Background())
	var g gaps
	var asking sync.WaitGroup
	asking.Go(func() { g.nats = longestGap(ctx, natsAsker(natsURL)) })
	asking.Go(func() { g.http = longestGap(ctx, httpAsker(fossilURL)) })
	return func() gaps { cancel(); asking.Wait(); return g }
}

func longestGap(ctx context.Context, ask func(context.Context) error) (longest time.Duration) {
	for last := time.Now(); ctx.Err() == nil; time.Sleep(2 * time.Millisecond) {
		try, cancel := context.WithTimeout(ctx, time.Second)
		err := ask(try)
		cancel()
		if err == nil {
			longest = max(longest, time.Since(last))
			last = time.Now()
		}
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
			_, err = js.Publish(ctx, "tasks.events.gap", []byte("{}"))
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
	time.Sleep(100 * time.Millisecond) // of quiet, so that the clients are at work
	err := h.HandOver(context.Background())
	time.Sleep(50 * time.Millisecond)
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

// BenchmarkHandOver reports how long clients are without an answer.
func BenchmarkHandOver(b *testing.B) {
	var sum gaps
	n := 0
	for b.Loop() {
		root := newWorkspace(b)
		g := handOver(b, root)
		sum.nats, sum.http, n = sum.nats+g.nats, sum.http+g.http, n+1
		_ = hub.Stop(root, hub.WithForce(true))
	}
	b.ReportMetric(float64(sum.nats.Milliseconds())/float64(n), "nats-gap-ms")
	b.ReportMetric(float64(sum.http.Milliseconds())/float64(n), "http-gap-ms")
}
