package hub_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/reference"
)

// starters is how many foreign starters are at work.
const starters = 8

// changes are the ways in which a hub becomes another one, by name. Each returns the
// process that has asked for it, nil if it is none of its own.
var changes = map[string]func(*arena, family) *hubProcess{
	"hand-over":         order(orderHandOver),
	"restart":           request(""),
	"restart in place":  order(orderRestart),
	"reseed":            request("reseed "),
	"reseed in place":   order(orderReseed),
	"death":             order(syscall.SIGKILL),
	"death of a keeper": func(a *arena, f family) *hubProcess { a.renewKeeper(f); return nil },
}

func order(s syscall.Signal) func(*arena, family) *hubProcess {
	return func(_ *arena, f family) *hubProcess { _ = syscall.Kill(f.hub, s); return nil }
}

func request(prefix string) func(*arena, family) *hubProcess {
	return func(a *arena, _ family) *hubProcess {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), testRestartEnv+"="+prefix+a.root)
		cmd.Stderr = a.words
		return startProcess(a.tb, cmd)
	}
}

func cutReseed(value string) (root string, ok bool) { return strings.CutPrefix(value, "reseed ") }

// steps are where blows meet: the steps of a hub that comes up and of
// one that goes, and the moments of a hand-over.
func steps(tb testing.TB) (all []string) {
	tb.Helper()
	do, undo := stepsOf(tb, newWorkspace(tb))
	return append(append(do, undo...), "undo heir", "undo recorded", "undo go", "undo bye")
}

// TestForeignStartersNeverGetIn has agents work and foreign starters try while the hub
// changes in every way, and while one process of those that are involved is killed.
func TestForeignStartersNeverGetIn(t *testing.T) {
	all := steps(t)
	a := newArena(t)
	g := startAgents(t, a.root)
	g.busy(t)
	kinds := slices.Sorted(maps.Keys(changes))
	n := rounds(len(kinds)+2, 1000)
	var tale tale
	f := a.settle()
	for i := range n {
		r := round{kind: kinds[i%len(kinds)], wound: pickWound(kinds[i%len(kinds)], all, i/len(kinds))}
		f = a.play(g, f, &r)
		tale.add(r)
		if testing.Verbose() {
			t.Logf("%3d %s %s", i, r.took, r)
		}
		if t.Failed() {
			t.Fatalf("in round %d: %s", i, r)
		}
	}
	g.stop()
	g.checkAll(t)
	a.checkWords()
	if told, err := hub.Incidents(a.root); err != nil || len(told) > 0 {
		t.Errorf("nothing is lost, and this is told: %+v, %v", told, err)
	}
	t.Logf("%d starters; %s\n%s", starters, g, &tale)
}

// wound is whom a change loses, and when.
type wound struct {
	who  string // "", "hub", "keeper", "heir", "requester"; for a step also who reaches it
	step string // "" is a random moment
}

// pickWound has the first lap go without; then one lap in three each has one at a step, one
// at a random moment, none.
func pickWound(kind string, all []string, lap int) wound {
	switch lap % 3 {
	case 1:
		return wound{[]string{"who reaches it", "hub", "keeper", "heir"}[rand.IntN(4)], all[rand.IntN(len(all))]}
	case 2:
		who := []string{"heir", "requester", "hub", "keeper"}
		if kind == "death" { // a hub and its keeper at once are more than one
			who = who[:1]
		}
		return wound{who[rand.IntN(len(who))], ""}
	default:
		return wound{}
	}
}

// round is one change and what became of it.
type round struct {
	kind   string
	wound  wound
	killed bool // somebody was
	said   error
	counts reference.Counts
	outage outages
	took   []time.Duration
}

// String says what was done.
func (r round) String() string {
	return fmt.Sprintf("%s; %s killed at %q (%t); said %v; %+v; %+v, %v", r.kind, r.wound.who, r.wound.step, r.killed, r.said, r.counts, r.outage, r.outage.why)
}

// play makes a change under the starters and returns who is there then.
func (a *arena) play(g *agents, f family, r *round) family {
	a.tb.Helper()
	ctx, end := context.WithCancel(context.Background())
	tried := make(chan reference.Counts, 1)
	go func() { tried <- reference.Loop(ctx, a.root, starters) }()
	defer end()
	g.outages()
	begin := time.Now()
	lap := func() { r.took = append(r.took, time.Since(begin).Round(time.Millisecond)) }
	if r.wound.step != "" {
		a.prepare(r.wound, f)
	}
	run := a.run()
	asked := changes[r.kind](a, f)
	if r.wound.who != "" && r.wound.step == "" {
		time.Sleep(rand.N(400 * time.Millisecond)) // a random moment
		r.killed = a.kill(r.wound.who, f, asked)
	}
	if asked != nil {
		r.said = <-asked.ended
		asked.ended <- r.said
	}
	lap()
	now := a.await(r, run)
	lap()
	if r.wound.step != "" {
		r.killed = callOff(a.home)
	}
	if r.killed || r.kind == "death" {
		now = a.renewKeeper(now)
	}
	end()
	r.counts = <-tried
	g.busy(a.tb)
	lap()
	g.check(a.tb)
	lap()
	r.outage = g.outages()
	a.judge(r, f, now)
	return now
}

// await waits until the change has happened, or was cut short by a kill.
func (a *arena) await(r *round, run string) family {
	a.tb.Helper()
	within(a.tb, time.Minute, "changed", func() bool {
		if r.wound.step != "" && a.dealt() {
			return true
		}
		return r.killed || r.kind == "death of a keeper" || a.another(run)
	})
	return a.settle()
}

// judge fails the test for what must never be.
func (a *arena) judge(r *round, before, now family) {
	a.tb.Helper()
	if r.counts.Started > 0 || r.counts.Failed > 0 || r.counts.Tries() == 0 {
		a.tb.Errorf("the starters: %+v", r.counts)
	}
	if urls := a.dir.FossilURL() + " " + a.dir.NATSURL(); urls != a.urls {
		a.tb.Errorf("the hub is at %s, was at %s", urls, a.urls)
	}
	if r.outage.refused > 0 {
		a.tb.Errorf("the Fossil port has refused %d connections", r.outage.refused)
	}
	if r.outage.broken > 0 && !r.killed && r.kind != "death" {
		a.tb.Errorf("the Fossil port has hung up on %d: %v", r.outage.broken, r.outage.why)
	}
	if r.wound.who != "" {
		return
	}
	if r.said != nil {
		a.tb.Errorf("the requester: %v", r.said)
	}
	switch stays := strings.HasSuffix(r.kind, "in place") || r.kind == "death of a keeper"; {
	case stays != (before.hub == now.hub):
		a.tb.Errorf("%s: the hub was %d and is %d", r.kind, before.hub, now.hub)
	}
}

// prepare has a blow wait at a step.
func (a *arena) prepare(w wound, f family) {
	b := blow{At: w.step, Root: a.root, Signal: syscall.SIGKILL}
	switch w.who {
	case "hub":
		b.Whom = f.hub
	case "keeper":
		b.Whom = f.keeper
	case "heir":
		b.Whom = whoIsNamed
	}
	if err := b.prepare(a.home); err != nil {
		a.tb.Fatal(err)
	}
}

// kill kills one process, if it is there.
func (a *arena) kill(who string, f family, asked *hubProcess) bool {
	pid := 0
	switch who {
	case "hub":
		pid = f.hub
	case "keeper":
		pid = f.keeper
	case "heir": // or whoever has been started
		for _, p := range a.processes() {
			if p != f.hub && p != f.keeper && (asked == nil || p != asked.cmd.Process.Pid) && !slices.Contains(owner.Keepers(a.dir), p) {
				pid = p
			}
		}
	case "requester":
		if asked != nil {
			pid = asked.cmd.Process.Pid
		}
	}
	return pid > 0 && syscall.Kill(pid, syscall.SIGKILL) == nil
}
