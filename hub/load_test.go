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

const (
	manySlots  = 1000
	renewEvery = 30 * time.Second // a session's pace
)

// BenchmarkManySlots has a thousand sessions renewed at their pace, watched as the
// dashboard does. cpu-% is the hub's own process; the latencies are from before the
// write of a lease to the snapshot that shows it, of which there are ten a second.
func BenchmarkManySlots(b *testing.B) {
	root := workspaceOf(b, 10)
	p := spawnHub(b, root, "")
	if !awaitHub(b, root, 20*time.Second) {
		b.Fatal("the hub is not ready")
	}
	nc, err := nats.Connect(hub.NATSURL(root))
	if err != nil {
		b.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		b.Fatal(err)
	}
	kv, err := js.KeyValue(b.Context(), slots.BucketSessions)
	if err != nil {
		b.Fatal(err)
	}
	for i := range manySlots {
		renewSession(b, kv, next(i))
	}
	w := slots.Watch(root, nc)
	defer w.Close()
	child, err := process.NewProcess(int32(p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	written, took := make(chan renewal, manySlots), make(chan []time.Duration)
	go func() { took <- latencies(b.Context(), w, written) }()
	pace := time.NewTicker(renewEvery / manySlots)
	defer pace.Stop()
	before, begin := cpuOf(b, child), time.Now()
	for i := 0; b.Loop(); i++ {
		<-pace.C
		r := next(i)
		written <- r
		renewSession(b, kv, r)
	}
	b.ReportMetric(100*(cpuOf(b, child)-before)/time.Since(begin).Seconds(), "cpu-%")
	close(written)
	all := <-took
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
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
