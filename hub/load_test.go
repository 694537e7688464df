package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/shirou/gopsutil/v4/process"

	"bones-tui/hub"
	"bones-tui/slots"
)

// BenchmarkStopWithConnections measures a polite stop under a thousand idle clients.
func BenchmarkStopWithConnections(b *testing.B) {
	root := workspaceOf(b, 10)
	for b.Loop() {
		b.StopTimer()
		h, stop := runHub(b, root)
		awaitReady(b, h)
		conns := make([]*nats.Conn, 1000)
		for i := range conns {
			var err error
			if conns[i], err = nats.Connect(hub.NATSURL(root), nats.NoReconnect()); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		stop()
		b.StopTimer()
		for _, nc := range conns {
			nc.Close()
		}
		b.StartTimer()
	}
}

const manySlots = 1000

// BenchmarkManySlots has a thousand sessions renewed, each at a pace that keeps it from
// turning stale after 90 s, and watched as the dashboard does. cpu-% is the hub's own process, alone-% a stand-alone nats-server of
// the same version and settings under the same load at the same time: what is between
// them is ours. The latencies are from before the write of a lease to the snapshot that
// shows it, of which there are ten a second.
func BenchmarkManySlots(b *testing.B) {
	for _, each := range []time.Duration{30 * time.Second, time.Minute} {
		b.Run(each.String(), func(b *testing.B) { renewMany(b, each) })
	}
}

func renewMany(b *testing.B, each time.Duration) {
	b.Helper()
	root := workspaceOf(b, 10)
	p := spawnHub(b, root, "")
	if !awaitHub(b, root, 20*time.Second) {
		b.Fatal("the hub is not ready")
	}
	url, pid := standalone(b)
	ours, alone := renewing(b, root, hub.NATSURL(root), p.cmd.Process.Pid), renewing(b, root, url, pid)
	pace := time.NewTicker(each / manySlots)
	defer pace.Stop()
	ours.start(b)
	alone.start(b)
	for i := 0; b.Loop(); i++ {
		<-pace.C
		first, second := ours, alone
		if i%2 == 1 { // the second finds the processor awake and its caches warm
			first, second = alone, ours
		}
		first.renew(b, i)
		second.renew(b, i)
	}
	b.ReportMetric(ours.load(b), "cpu-%")
	b.ReportMetric(alone.load(b), "alone-%")
	all := ours.end()
	_ = alone.end()
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

// renewals are a thousand sessions on one server, with their watcher.
type renewals struct {
	kv      jetstream.KeyValue
	server  *process.Process
	written chan renewal
	took    chan []time.Duration
	began   time.Time
	cpu     float64
}

// renewing writes each session once.
func renewing(b *testing.B, root, url string, pid int) *renewals {
	b.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	if err := slots.EnsureBuckets(b.Context(), nc); err != nil {
		b.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		b.Fatal(err)
	}
	r := &renewals{written: make(chan renewal, manySlots), took: make(chan []time.Duration)}
	if r.kv, err = js.KeyValue(b.Context(), slots.BucketSessions); err != nil {
		b.Fatal(err)
	}
	if r.server, err = process.NewProcess(int32(pid)); err != nil {
		b.Fatal(err)
	}
	for i := range manySlots {
		renewSession(b, r.kv, next(i))
	}
	w := slots.Watch(root, nc)
	b.Cleanup(func() { _ = w.Close() })
	go func() { r.took <- latencies(b.Context(), w, r.written) }()
	return r
}

func (r *renewals) start(b *testing.B) {
	b.Helper()
	r.cpu, r.began = cpuOf(b, r.server), time.Now()
}

func (r *renewals) renew(b *testing.B, i int) {
	b.Helper()
	one := next(i)
	r.written <- one
	renewSession(b, r.kv, one)
}

// load is the server's use of a core since start, in percent.
func (r *renewals) load(b *testing.B) float64 {
	b.Helper()
	return 100 * (cpuOf(b, r.server) - r.cpu) / time.Since(r.began).Seconds()
}

// end returns the latencies, the shortest first.
func (r *renewals) end() []time.Duration {
	close(r.written)
	took := <-r.took
	slices.Sort(took)
	return took
}

// renewal is one write of a session.
type renewal struct {
	slot string
	at   time.Time
}

// latencies returns how long each renewal took to be in a snapshot.
func latencies(ctx context.Context, w *slots.Watcher, written <-chan renewal) (took []time.Duration) {
	waiting := map[string]time.Time{}
	for written != nil || len(waiting) > 0 {
		all, err := w.Next(ctx)
		if err != nil {
			return took
		}
		now := time.Now()
		for more := true; more && written != nil; {
			select {
			case r, ok := <-written:
				if waiting[r.slot] = r.at; !ok {
					delete(waiting, r.slot)
					written = nil
				}
			default:
				more = false
			}
		}
		for i := range all {
			if at, ok := waiting[all[i].Name]; ok && !all[i].Renewed.Before(at) {
				took = append(took, now.Sub(at))
				delete(waiting, all[i].Name)
			}
		}
	}
	return took
}

func next(i int) renewal { return renewal{fmt.Sprintf("slot-%04d", i%manySlots), time.Now().UTC()} }

func renewSession(b *testing.B, kv jetstream.KeyValue, r renewal) {
	b.Helper()
	text, err := json.Marshal(map[string]any{
		"slot": r.slot, "task_id": "t-" + r.slot, "agent_id": "agent-" + r.slot, "host": "elsewhere", "leaf_pid": 1,
		"hub_url": "http://127.0.0.1:1", "started_at": r.at, "last_renewed": r.at,
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := kv.Put(context.Background(), r.slot, text); err != nil {
		b.Fatal(err)
	}
}

func cpuOf(b *testing.B, p *process.Process) float64 {
	b.Helper()
	t, err := p.Times()
	if err != nil {
		b.Fatal(err)
	}
	return t.User + t.System
}
