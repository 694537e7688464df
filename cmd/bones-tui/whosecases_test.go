//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/registry"
)

// whoseCases are the named cases, those first that wait longest.
var whoseCases = []whoseCase{
	{name: "frozen hub", kind: "silent", stage: frozen},
	{name: "between two lives", kind: "kept", stage: betweenLives},

	{name: "copy of a stopped workspace", kind: "free", stage: copies("-r", (*whoseWorld).ofStopped)},
	{name: "copy of a running hub's workspace", kind: "free", stage: copies("-r", (*whoseWorld).ofRunning)},
	{name: "copy with attributes", kind: "free", stage: copies("-a", (*whoseWorld).ofRunning)},
	{name: "copy into a linked git worktree", kind: "free", stage: linkedWorktrees},
	{name: "BONES_DIR at a copy", kind: "free", stage: movedStates},
	{name: "restored backup", kind: "free", stage: restored},
	{name: "hub.pid is 1", kind: "free", stage: forged(func(*testing.T) int { return 1 })},
	{name: "hub.pid of a live stranger", kind: "free", stage: forged(func(t *testing.T) int { t.Helper(); return stranger(t, "idle") })},
	{name: "hub.pid of another user's process", kind: "free", needs: needRoot, stage: forged(func(t *testing.T) int { t.Helper(); return strangerOf(t, nobody) })},
	{name: "look-alike on the recorded ports", kind: "free", stage: lookAlikes},
	{name: "fossil server on the repository", kind: "free", needs: needFossil, stage: fossilServers},
	{name: "marker of another user in a parent", kind: "free", needs: needRoot, stage: foreignMarkers},

	{name: "symlinked spelling of the root", kind: "held", stage: spoilt(spellOtherwise)},
	{name: "hub.pid deleted", kind: "held", stage: spoilt(func(t *testing.T, p *place) {
		t.Helper()
		must(t, os.Remove(filepath.Join(p.state, "hub.pid")))
	})},
	{name: "hub.pid of an attached dashboard", kind: "held", stage: spoilt(attachedRecord), except: map[string]reply{
		"hub stop":         {err: `hub of {root} stopped \(pid {pid}\)\n[^\n]*what slots have [^\n]* is not known: [^\n]*cannot tell[^\n]*\n$`, then: doubted},
		"hub stop --force": {err: `hub of {root} (stopped|did not end in time and was killed) \(pid {pid}\)[^\n]*\n[^\n]* is not known: [^\n]*cannot tell[^\n]*\n$`, then: doubted},
	}},

	{name: "lock held by a stranger", kind: "cannot tell", stage: lockedByStranger},
	{name: "state directory of another user", kind: "cannot tell", needs: needRoot, stage: anothersState, except: map[string]reply{
		"logs":               {code: 1, err: `state directory is not ours: [^\n]* belongs to user 65534`},
		"slots":              anothersRefusal,
		"activity":           anothersRefusal,
		"hub status":         anothersRefusal,
		"status":             {code: 1, err: anothersRefusal.err},
		"status --json":      {code: 1, err: anothersRefusal.err},
		"hub stop":           anothersRefusal,
		"hub stop --force":   anothersRefusal,
		"dashboard":          anothersRefusal,
		"--once":             anothersRefusal,
		"hub recover":        anothersRefusal,
		"hub start --detach": anothersRefusal, "hub start": anothersRefusal, "hub restart": anothersRefusal, "hub reseed": anothersRefusal,
	}},

	{name: "moved workspace", kind: "lost", stage: moved, except: map[string]reply{
		"fleet": {out: ` missing `}, // its row is of where it was
	}},
	{name: "hub.lock deleted", kind: "lost", stage: spoilt(func(t *testing.T, p *place) {
		t.Helper()
		must(t, os.Remove(filepath.Join(p.state, "hub.lock")))
		awaitLoss(t, p)
	})},
}

// nobody is a user that is not us.
const nobody = 65534

var anothersRefusal = reply{code: 1, err: `^bones-tui: [^\n]*state directory is not ours: {root}/\.bones belongs to user 65534[^\n]*\n$`}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root can be another user")
	}
}

func needFossil(t *testing.T) {
	t.Helper()
	needPeer(t, "fossil")
}

// whoseWorld is what all cases share and none may touch: a workspace whose hub has
// stopped, and one whose hub runs.
type whoseWorld struct{ stopped, running *place }

func newWhoseWorld(t *testing.T) *whoseWorld {
	t.Helper()
	w := &whoseWorld{newPlace(t, newWorkspace(t)), newPlace(t, newWorkspace(t))}
	for _, p := range []*place{w.stopped, w.running} {
		p.start(t)
	}
	if got := w.stopped.run(t, "hub", "stop"); got.code != 0 {
		t.Fatal(got)
	}
	t.Cleanup(func() {
		if got := w.running.run(t, "hub", "stop"); !strings.Contains(got.err, "stopped (pid") {
			t.Error(got)
		}
	})
	return w
}

func (w *whoseWorld) ofStopped() string { return w.stopped.root }
func (w *whoseWorld) ofRunning() string { return w.running.root }

// checkUnharmed looks whether the hub that runs elsewhere is still the same.
func (w *whoseWorld) checkUnharmed(t *testing.T) {
	t.Helper()
	if v := w.running.whose(t); v.PID != w.running.hub || !v.Serving || w.running.recorded() != w.running.hub {
		t.Errorf("the hub of another workspace was %d, and now %+v", w.running.hub, v)
	}
}

// start has a hub run in the background.
func (p *place) start(t *testing.T) {
	t.Helper()
	if got := p.run(t, "hub", "start", "--detach"); got.code != 0 {
		t.Fatal(got)
	}
	p.hub = p.whose(t).PID
}

// list puts a workspace on the operator's list, as a hub has left it that ran there.
func (p *place) list(t *testing.T) *place {
	t.Helper()
	row := registry.Row{CWD: p.root, Name: filepath.Base(p.root), HubPID: p.recorded(), StartedAt: time.Now()}
	for name, to := range map[string]*string{"hub-nats-url": &row.NATSURL, "hub-fossil-url": &row.HubURL} {
		b, err := os.ReadFile(filepath.Join(p.state, name))
		must(t, err)
		*to = strings.TrimSpace(string(b))
	}
	must(t, registry.Write(p.home, row))
	return p
}

// copyOf copies a workspace.
func copyOf(t *testing.T, root, flags string) *place {
	t.Helper()
	to := filepath.Join(realTemp(t), "copy")
	shell(t, `cp `+flags+` "$1" "$2"`, root, to)
	return newPlace(t, to)
}

func realTemp(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	return dir
}

// shell runs what a shell user would type.
func shell(t *testing.T, script string, args ...string) {
	t.Helper()
	if out, err := exec.Command("sh", append([]string{"-ec", script, "sh"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", script, err, out)
	}
}
