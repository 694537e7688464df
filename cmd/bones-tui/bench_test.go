package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/shirou/gopsutil/v4/process"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
	"bones-tui/hub/hublog"
	"bones-tui/slots"
)

// What make bench-tui measures is the released program in a terminal of 160 columns
// and 50 rows. The limits: the first frame after 50 ms; at rest 0.6 % of a core and
// 100 bytes a second; with 20 log lines a second 3 % and 5 kB; a key's frame after
// 16 ms in 99 of 100 cases, with 1,000 slots and 10,000 log lines a second; 25 MiB of
// memory for a dashboard that attaches.

// BenchmarkFirstFrame measures from the start of the process to the first frame
// that names the workspace, on a workspace whose hub has run before.
func BenchmarkFirstFrame(b *testing.B) {
	bin, root := released(b), newWorkspace(b)
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		term := open(b, bin, root)
		term.WaitFor("webapp")
		took = append(took, time.Since(began))
		b.StopTimer()
		term.Signal(os.Interrupt)
		term.Exit()
		b.StartTimer()
	}
	quantiles(b, took)
}

// BenchmarkIdle measures seconds in which nothing happens.
func BenchmarkIdle(b *testing.B) {
	bin := released(b)
	b.Run("hub and screen", func(b *testing.B) { idle(b, bin, newWorkspace(b), "RUNNING owned") })
	b.Run("screen", func(b *testing.B) {
		root := newWorkspace(b)
		owner := open(b, bin, root)
		owner.WaitFor("RUNNING owned")
		idle(b, bin, root, "ATTACHED")
	})
}

func idle(b *testing.B, bin, root, up string) {
	b.Helper()
	term := open(b, bin, root)
	term.WaitFor(up)
	if _, err := term.Console().Settle(b.Context(), 3*time.Second/4); err != nil {
		b.Fatal(err)
	}
	use := using(b, term)
	for b.Loop() {
		<-time.After(time.Second)
	}
	use.report()
}

// BenchmarkLogLines measures seconds in which twenty lines come.
func BenchmarkLogLines(b *testing.B) {
	root := newWorkspace(b)
	term := open(b, released(b), root)
	term.WaitFor("RUNNING owned")
	pace := time.NewTicker(time.Second / 20)
	defer pace.Stop()
	use := using(b, term)
	for n := 0; b.Loop(); {
		for range 20 {
			<-pace.C
			appendLines(b, root, n, 1)
			n++
		}
	}
	use.report()
}

// BenchmarkKeyToFrame measures from a key to the frame that it changes.
func BenchmarkKeyToFrame(b *testing.B) {
	root := newWorkspace(b)
	term := open(b, released(b), root)
	term.WaitFor("RUNNING owned")
	thousandSessions(b, root)
	term.WaitFor("1000 active")
	defer flood(b, root)()
	var took []time.Duration
	for b.Loop() {
		for _, k := range []struct{ key, shows string }{{"?", "esc close"}, {"?", "? help"}} {
			began := time.Now()
			term.Key(k.key)
			term.WaitFor(k.shows)
			took = append(took, time.Since(began))
		}
	}
	quantiles(b, took)
}

// screen is a dashboard in a terminal.
type screen struct {
	*termtest.Terminal
	cmd *exec.Cmd
}

func open(b *testing.B, bin, root string) screen {
	b.Helper()
	cmd := program(b, root)
	cmd.Path, cmd.Args[0] = bin, bin
	return screen{termtest.Start(b, cmd, 160, 50), cmd}
}

// quantiles reports what was measured, in milliseconds.
func quantiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for _, q := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
	}
}

// usage is what a program in a terminal costs from a moment on.
type usage struct {
	b       *testing.B
	term    screen
	began   time.Time
	cpu     float64 // seconds
	written int     // bytes
}

func using(b *testing.B, term screen) usage {
	b.Helper()
	cpu, _ := costs(b, term)
	return usage{b, term, time.Now(), cpu, len(term.Output())}
}

func (u usage) report() {
	cpu, memory := costs(u.b, u.term)
	seconds := time.Since(u.began).Seconds()
	u.b.ReportMetric(100*(cpu-u.cpu)/seconds, "cpu-%")
	u.b.ReportMetric(float64(len(u.term.Output())-u.written)/seconds, "B/s")
	u.b.ReportMetric(memory, "MiB")
}

// costs returns the processor time, in seconds, and the memory, in MiB, of the program
// and of the parent that watches over its terminal. Memory is what the kernel cannot
// drop: files that are mapped, such as the program itself, are not in it.
func costs(b *testing.B, term screen) (cpu, memory float64) {
	b.Helper()
	parent, err := process.NewProcess(int32(term.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	family, err := parent.Children()
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range append(family, parent) {
		times, err := p.Times()
		if err != nil {
			b.Fatal(err)
		}
		maps, err := p.MemoryInfoEx()
		if err != nil {
			b.Fatal(err)
		}
		cpu += times.User + times.System
		memory += float64(maps.RSS-maps.Shared) / (1 << 20)
	}
	return cpu, memory
}

func thousandSessions(b *testing.B, root string) {
	b.Helper()
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
	now := time.Now()
	host, _ := os.Hostname()
	for i := range 1000 {
		name := fmt.Sprintf("slot-%04d", i)
		record, err := slots.Session{
			Slot: name, TaskID: "t-" + name, AgentID: "agent-" + name, Host: host, LeafPID: os.Getpid(), StartedAt: now, LastRenewed: now,
		}.Encode()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := kv.Put(b.Context(), name, record); err != nil {
			b.Fatal(err)
		}
	}
}

// flood writes 10,000 log lines a second until the function returned is called.
func flood(b *testing.B, root string) (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		pace := time.NewTicker(10 * time.Millisecond)
		defer pace.Stop()
		for n := 0; ; n += 100 {
			select {
			case <-ctx.Done():
				return
			case <-pace.C:
				appendLines(b, root, n, 100)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// appendLines adds lines to hub.log as another writer would: one write each.
func appendLines(b *testing.B, root string, from, n int) {
	b.Helper()
	f, err := os.OpenFile(hub.LogPath(root), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.Error(err)
		return
	}
	defer f.Close()
	var line []byte
	for i := range n {
		line = hub.LogEntry{
			Ts: hublog.LoggedTime{Time: time.Now()}, Level: hub.LevelInfo, Event: hub.EventRPC,
			RPC: "tasks.claim", Agent: fmt.Sprintf("slot-%04d", i%1000), TookMs: 3, Msg: fmt.Sprintf("line %d", from+i),
		}.Append(line[:0])
		_, err := f.Write(line)
		if err != nil {
			b.Error(err)
			return
		}
	}
}
