package tui_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/pmezard/go-difflib/difflib"

	"bones-tui/hub"
	"bones-tui/tui"
)

var update = flag.Bool("update", false, "write the golden frames instead of comparing with them")

// scene is a state of the world and what must be on the screen before it is looked at.
type scene struct {
	name  string
	setup func(*world)
	wait  []string
	keys  []string
	then  string
}

func busy(w *world) {
	w.log(morning()...)
	w.raw("panic: runtime error: index out of range [3] with length 3\n")
	w.slots <- team()
}

// busyFrame is what a busy world's screen shows once it has read everything.
var busyFrame = []string{"RUNNING", "1 stale", "panic: runtime", "6 lines "}

// atRisk has nobody at work, and work that is only here.
func atRisk(w *world) {
	w.log(morning()...)
	w.slots <- team()[1:2]
}

var riskFrame = []string{"RUNNING", "1 stale", "5 lines "}

func rushHour(w *world) {
	w.log(rush()...)
	w.raw("panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:12 +0x1d\n")
	w.slots <- team()
}

var scenes = []scene{
	{name: "ready", setup: busy, wait: busyFrame},
	{name: "attached", setup: func(w *world) {
		busy(w)
		w.attach()
		s := &w.hub.status
		s.NATS.Server, s.NATS.JetStream, s.Fossil.Requests, s.Fossil.WALBytes = nil, nil, nil, nil
	}, wait: []string{"ATTACHED", "1 stale", "panic: runtime", "6 lines "}},
	{name: "empty", setup: func(w *world) { w.slots <- nil }, wait: []string{"RUNNING", "hub.log is empty", "no slots"}},
	{name: "starting", setup: func(w *world) {
		w.hub.status = hub.Status{At: noon, Phase: hub.PhaseStarting, Step: "seed", PID: 48211, Owned: true}
	}, wait: []string{"STARTING seed", "hub.log is empty"}},
	{name: "stopped", setup: busy, wait: busyFrame, keys: []string{"!die"}, then: "has stopped"},
	{name: "pane-nats", setup: busy, wait: busyFrame, keys: []string{"1", "z"}},
	{name: "pane-fossil", setup: busy, wait: busyFrame, keys: []string{"2", "z"}},
	{name: "pane-slots", setup: busy, wait: busyFrame, keys: []string{"3", "z"}},
	{name: "pane-log", setup: busy, wait: busyFrame, keys: []string{"4", "z"}},
	{name: "pane-news", setup: busy, wait: busyFrame, keys: []string{"5", "z"}},
	{name: "findings", setup: busy, wait: busyFrame, keys: []string{"!"}, then: "bones swarm close"},
	{name: "slot", setup: busy, wait: busyFrame, keys: []string{"3", "enter"}, then: "as checked out"},
	{name: "log-line", setup: busy, wait: busyFrame, keys: []string{"k", "enter"}, then: "tasks.claim\""},
	{name: "restart", setup: busy, wait: busyFrame, keys: []string{"r"}, then: "Cancel"},
	{name: "degraded", setup: func(w *world) {
		busy(w)
		w.hub.status.NATS.Up, w.hub.status.NATS.Problem = false, "JetStream disabled: no space left on device"
		w.hub.status.Fossil.Leaves = ptr(int64(2))
	}, wait: []string{"DEGRADED nats down", "1 stale", "panic: runtime", "6 lines "}},
	{name: "aging", setup: busy, wait: busyFrame, keys: []string{"!miss", "!wait"}, then: "as of 5s ago"},
	{name: "silent", setup: busy, wait: busyFrame, keys: []string{"!miss", "!miss", "!miss", "!wait"}, then: "no answer for 5s"},
	{name: "blind", setup: func(w *world) {
		busy(w)
		w.sees = "not connected"
	}, wait: busyFrame, then: "not connected"},
	{name: "failed", setup: func(w *world) {
		w.log(morning()...)
		w.fail(&hub.StartError{Step: "nats", Err: errors.New("listen tcp 127.0.0.1:41002: bind: address already in use")})
	}, wait: []string{"FAILED nats", "cas conflict", "5 lines ", "last lines"}},
	{name: "gone", setup: func(w *world) {
		busy(w)
		w.attach()
		w.hub.end = errors.New("process 48211 has ended")
	}, wait: []string{"ATTACHED", "1 stale", "panic: runtime", "6 lines "}, keys: []string{"!die"}, then: "last lines"},
	{name: "draining", setup: func(w *world) {
		busy(w)
		w.hub.status.Phase, w.hub.status.Step = hub.PhaseDraining, "nats"
	}, wait: []string{"STOPPING nats", "1 stale", "panic: runtime", "6 lines "}},
	{name: "stop", setup: busy, wait: busyFrame, keys: []string{"s"}, then: "Cancel"},
	{name: "stop-clean", setup: func(w *world) {
		w.log(morning()...)
		w.hub.status.Fossil.Unapplied = ptr(int64(0))
		w.slots <- nil
	}, wait: []string{"RUNNING", "no slots", "5 lines "}, keys: []string{"s"}, then: "Cancel"},
	{name: "stop-unapplied", setup: atRisk, wait: riskFrame, keys: []string{"s"}, then: "Cancel"},
	{name: "stop-written", setup: atRisk, wait: riskFrame, keys: []string{"s", "!armed", "a"}, then: "git apply"},
	{name: "force-written", setup: func(w *world) {
		busy(w)
		w.Patch = func(context.Context) ([]hub.Patch, error) { return patches(3), nil }
	}, wait: busyFrame, keys: []string{"S", "!armed", "a"}, then: "git apply"},
	{name: "recover-running", setup: busy, wait: busyFrame, keys: []string{"ctrl+r"}, then: "stop the hub first"},
	{name: "recover", setup: busy, wait: busyFrame, keys: []string{"!die", "!see has stopped", "R"}, then: "6 check-ins"},
	{name: "recover-copy", setup: busy, wait: busyFrame, keys: []string{"!die", "!see has stopped", "R", "!see 6 check-ins", "enter"}, then: "Check-ins"},
	{name: "recover-confirm", setup: busy, wait: busyFrame, keys: []string{"!die", "!see has stopped", "R", "!see 6 check-ins", "b"}, then: "Cancel"},
	{name: "recover-done", setup: busy, wait: busyFrame, keys: []string{
		"!die", "!see has stopped", "R", "!see 6 check-ins", "enter", "!see Check-ins", "b", "!armed", "y",
	}, then: "are back"},
	{name: "recover-files", setup: busy, wait: busyFrame, keys: []string{"!die", "!see has stopped", "R", "!see 6 check-ins", "G", "w"}, then: "Written"},
	{name: "force", setup: busy, wait: busyFrame, keys: []string{"S"}, then: "FORCE"},
	{name: "quit", setup: func(w *world) {
		busy(w)
		w.Background = func(context.Context) error { return nil }
	}, wait: busyFrame, keys: []string{"q"}, then: "Quit webapp"},
	{name: "wait", setup: busy, wait: busyFrame, keys: []string{"s", "!armed", "w"}, then: "Waiting for"},
	{name: "hand-over", setup: func(w *world) {
		busy(w)
		w.Background = func(context.Context) error { return nil }
	}, wait: busyFrame, keys: []string{"D"}, then: "Hand the hub of webapp over"},
	{name: "reseed", setup: func(w *world) {
		busy(w)
		w.Reseed = func(context.Context) (hub.Reseeded, error) { return hub.Reseeded{}, nil }
	}, wait: busyFrame, keys: []string{"W"}, then: "Reseed webapp"},
	{name: "help", setup: busy, wait: busyFrame, keys: []string{"?"}, then: "Keys that work now"},
	{name: "filter", setup: busy, wait: busyFrame, keys: []string{"l", "l", "/"}, then: "3 of 6 "},
	{name: "facets", setup: rushHour, wait: []string{"RUNNING", "1 stale", "601 lines "}, keys: []string{"a"}, then: "SLOT 3"},
	{name: "histogram", setup: rushHour, wait: []string{"RUNNING", "1 stale", "601 lines "}, keys: []string{"h"}, then: "/bar"},
	{name: "wrap", setup: func(w *world) {
		rushHour(w)
		w.log(long(12, "the end"))
	}, wait: []string{"RUNNING", "1 stale", "602 lines "}, keys: []string{"w", "k", "o"}, then: "/src/main.go"},
	{name: "around", setup: rushHour, wait: []string{"RUNNING", "1 stale", "601 lines "}, keys: []string{"l", "l", "l", "k", "C"}, then: "all around a line"},
	{name: "alarms", setup: busy, wait: busyFrame, keys: []string{"!later", "L"}, then: "turned stale"},
	{name: "filters", setup: func(w *world) {
		busy(w)
		w.Settings.Filters = []tui.SavedFilter{{Name: "slow calls", Filter: "event:rpc took>250ms"}, {Name: "trouble", Filter: "level>=warn -event:hook"}}
	}, wait: busyFrame, keys: []string{"b"}, then: "slow calls"},
	{name: "palette", setup: busy, wait: busyFrame, keys: []string{":"}, then: "Commands"},
	{name: "read-only", setup: func(w *world) { busy(w); w.ReadOnly = true }, wait: busyFrame},
}

func (sc scene) play(t *testing.T) *tui.Screen {
	t.Helper()
	w := newWorld(t)
	if sc.setup != nil {
		sc.setup(w)
	}
	s := w.start(200, 60) // everything is on the screen at this size
	for _, text := range sc.wait {
		s.AwaitText(text)
	}
	s.AwaitNews()
	for _, k := range sc.keys {
		if k == "!die" {
			w.hub.set((*fakeHub).finish)
			continue
		}
		if text, ok := strings.CutPrefix(k, "!see "); ok {
			s.AwaitText(text)
			continue
		}
		if k == "!armed" {
			s.AwaitDialog()
			continue
		}
		if k == "!miss" { // an answer of the hub
			s.Send(tui.Sampled(hub.Status{At: noon}, context.DeadlineExceeded))
			continue
		}
		if k == "!wait" {
			s.Clock(noon) // counts what has come until now
			s.Clock(noon.Add(5 * time.Second))
			continue
		}
		if k == "!later" {
			s.Clock(noon)
			s.Clock(noon.Add(89 * time.Second))
			continue
		}
		s.Press(k)
	}
	if sc.then != "" {
		s.AwaitText(sc.then)
	}
	s.AwaitNews()
	if sc.name == "around" {
		s.AwaitText("tasks.update")
	}
	if sc.name == "facets" {
		s.AwaitText("601 lines ")
	}
	if sc.name == "filter" {
		s.AwaitNoText("tasks.update")
		s.AwaitText("cas conflict")
	}
	return s
}

// trimmed is a frame without the blanks at the ends of its rows.
func trimmed(frame string) string {
	rows := strings.Split(frame, "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n")
}

// checkFrame holds for every frame: the screen's height, no row wider than the screen.
func checkFrame(tb testing.TB, frame string, w, h int) {
	tb.Helper()
	rows := strings.Split(frame, "\n")
	if len(rows) != h {
		tb.Fatalf("%d rows on a screen of %d:\n%s", len(rows), h, plain(frame))
	}
	for i, row := range rows {
		if n := ansi.StringWidth(row); n > w {
			tb.Fatalf("row %d has %d cells on a screen of %d: %q", i, n, w, plain(row))
		}
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		diff, _ := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
			A: difflib.SplitLines(string(want)), B: difflib.SplitLines(got + "\n"), FromFile: name, ToFile: "screen", Context: 1,
		})
		t.Errorf("the frame is not that of %s; -update writes it anew\n%s", path, diff)
	}
}
