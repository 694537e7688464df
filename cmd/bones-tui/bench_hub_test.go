package main

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// settled is how long after its readiness a hub reads its store again, and more.
const settled = 10 * time.Second

// BenchmarkIdleHub measures seconds in which nobody wants anything of a hub without a
// screen: its share of one core, its resident memory, and what of that is not a file.
func BenchmarkIdleHub(b *testing.B) {
	hub := startForeground(b, released(b), newWorkspace(b))
	<-time.After(settled)
	begin, before := time.Now(), coreSeconds(b, hub)
	for b.Loop() {
		<-time.After(time.Second)
	}
	b.ReportMetric(100*(coreSeconds(b, hub)-before)/time.Since(begin).Seconds(), "cpu-%")
	memory, err := hub.MemoryInfoEx()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(memory.RSS)/(1<<20), "MiB")
	b.ReportMetric(float64(memory.RSS-memory.Shared)/(1<<20), "own-MiB")
	b.Log("the limits: cpu-% 0.5, MiB 40")
}

// startForeground runs bones-tui hub start until the end of the benchmark, and returns
// its process once it is ready.
func startForeground(b *testing.B, bin, root string) *process.Process {
	b.Helper()
	cmd := program(b, root, "hub", "start")
	cmd.Path, cmd.Args[0] = bin, bin
	said, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil || !strings.Contains(line, "is ready") {
		b.Fatalf("the hub says %q, %v", line, err)
	}
	p, err := process.NewProcess(int32(cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// coreSeconds is how long a process has run so far.
func coreSeconds(b *testing.B, p *process.Process) float64 {
	b.Helper()
	t, err := p.Times()
	if err != nil {
		b.Fatal(err)
	}
	return t.User + t.System
}
