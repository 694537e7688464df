package demo_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/cmd/bones-tui/internal/demo"
	"bones-tui/hub"
	"bones-tui/hub/registry"
	"bones-tui/slots"
)

// stage is a demo without a screen.
type stage struct {
	t *testing.T
	w *demo.Workspace

	hub  *hub.Hub
	runs sync.WaitGroup
}

// play starts a workspace, a hub and the agents. At the end it checks that nothing
// remains.
func play(t *testing.T) *stage {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	s := &stage{t: t, w: create(t, t.TempDir())}
	s.startHub()
	ctx, end := context.WithCancel(t.Context())
	s.runs.Go(func() { s.w.Play(ctx, 1) })
	t.Cleanup(func() {
		end()
		s.stopHub()
		s.runs.Wait()
		if err := s.w.Remove(); err != nil {
			t.Error(err)
		}
		if exists(filepath.Dir(s.w.Root)) {
			t.Error("the workspace is still there")
		}
		if rows, err := registry.Snapshot(home, func(int) bool { return true }); err != nil || len(rows) > 0 {
			t.Errorf("registered: %v, %v", rows, err)
		}
	})
	return s
}

func (s *stage) startHub() {
	s.t.Helper()
	h, err := hub.New(s.w.Root, hub.WithDurability(hub.DurabilityOS))
	if err != nil {
		s.t.Fatal(err)
	}
	s.hub = h
	s.runs.Go(func() { _ = h.Run(context.Background()) })
	select {
	case <-h.Ready():
	case <-h.Done():
		s.t.Fatal(h.Err())
	}
}

func (s *stage) stopHub() {
	s.t.Helper()
	if err := s.hub.Shutdown(context.Background(), hub.WithForce(true)); err != nil {
		s.t.Error(err)
	}
}

// within asks for a condition a few times a second.
func (s *stage) within(d time.Duration, what string, ok func() bool) {
	s.t.Helper()
	begin := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Since(begin) > d {
			s.t.Fatalf("not within %s: %s", d, what)
		}
		<-tick.C
	}
	s.t.Logf("%s: after %s", what, time.Since(begin).Round(time.Millisecond))
}

// file returns the content of a file of the workspace, "" if there is none.
func (s *stage) file(name string) string {
	b, _ := os.ReadFile(filepath.Join(s.w.Root, ".bones", name))
	return string(b)
}

func (s *stage) checkIns() int64 {
	st, err := s.hub.Status(s.t.Context())
	if err != nil || st.Fossil.CheckIns == nil {
		return 0
	}
	return *st.Fossil.CheckIns
}

// watch keeps the newest snapshot of the slots.
func (s *stage) watch() func() map[string]slots.Slot {
	var mu sync.Mutex
	newest := map[string]slots.Slot{}
	w := slots.Watch(s.w.Root, s.hub.Conn())
	s.runs.Go(func() {
		for {
			all, err := w.Next(context.Background())
			if err != nil {
				return
			}
			byName := map[string]slots.Slot{}
			for _, slot := range all {
				byName[slot.Name] = slot
			}
			mu.Lock()
			newest = byName
			mu.Unlock()
		}
	})
	s.t.Cleanup(func() { _ = w.Close() })
	return func() map[string]slots.Slot {
		mu.Lock()
		defer mu.Unlock()
		return newest
	}
}

// patience is for busy machines and the race detector; what it took is logged.
const patience = 30 * time.Second

func TestEveryPaneIsAliveAtOnce(t *testing.T) {
	s := play(t)
	now := s.watch()
	s.within(patience, "four slots, check-ins beyond the base, rpc lines", func() bool {
		sessions := 0
		for _, slot := range now() {
			if slot.HasSession {
				sessions++
			}
		}
		return sessions >= 4 && s.checkIns() > 1 && strings.Contains(s.file("hub.log"), `"rpc":"tasks.claim"`)
	})
	s.stopHub()
	s.startHub()
	before := s.checkIns()
	s.within(patience, "the agents at the next hub", func() bool { return s.checkIns() > before })
}

func TestAgentsStallCrashAndComeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute")
	}
	s := play(t)
	now := s.watch()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	s.within(20*time.Second, "a stale slot", func() bool {
		return now()["docs"].State(time.Now(), host) == slots.Stale
	})
	s.within(20*time.Second, "a slot of another host", func() bool { // it comes and goes with its tasks
		return now()["search"].State(time.Now(), host) == slots.Remote
	})
	s.within(20*time.Second, "a refused claim", func() bool { return strings.Contains(s.file("hub.log"), `"err":"not applied"`) })
	s.within(20*time.Second, "an error of the hub, of which one sees who made it", func() bool {
		return strings.Contains(s.file("hub.log"), "of the demo sends too much on purpose")
	})
	s.within(20*time.Second, "a warning", func() bool { return strings.Contains(s.file("hub.log"), `"level":"WARN"`) })
	s.within(20*time.Second, "the crash", func() bool {
		f := now()["frontend"]
		return f.HasSession && f.HasDir && f.PID != 0 && !f.PIDAlive
	})
	s.within(20*time.Second, "a closed slot", func() bool { return strings.Contains(s.file("swarm/billing/log"), `"event":"close"`) })
	s.within(20*time.Second, "the next task in it", func() bool { return strings.Count(s.file("swarm/billing/log"), `"event":"join"`) > 1 })
	s.within(60*time.Second, "the return", func() bool { return strings.Count(s.file("swarm/frontend/log"), `"event":"join"`) > 1 })
	for _, name := range []string{"auth", "api", "billing", "docs", "frontend"} {
		if log := s.file("swarm/" + name + "/log"); strings.Contains(log, "commit_error") {
			t.Errorf("%s failed:\n%s", name, log)
		}
	}
}
