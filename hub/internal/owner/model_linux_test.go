package owner

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// facts is what the kernel shows the asker of the world, by its rules and not by ours.
func (w *world) facts() facts {
	f := facts{state: "/w/.bones", me: w.asker.uid, ports: bothPorts, record: w.record, lockNames: uint64(w.names), fossilNames: uint64(w.names)}
	f.directory, f.role = w.roleProbes()
	if w.lockFile {
		f.lock.standing = free
	}
	if w.fossil {
		f.fossil.standing = free
	}
	for i := range w.actors {
		a := &w.actors[i]
		if a.family && !a.lockGone && w.lockFile {
			f.lock.standing = busy
		}
		if a.sqlite && !a.fossilGone && w.fossil && f.fossil.standing == free {
			f.fossil = database{probe: probe{standing: busy}, pid: anonymous}
			if a.posix {
				f.fossil.pid = a.numberFor(&w.asker)
			}
		}
		if n := a.numberFor(&w.asker); n != 0 && n == w.record.pid {
			f.named = w.show(a)
		}
	}
	if !f.explained() {
		w.walk(&f)
	}
	return f
}

func (w *world) roleProbes() (directory, file probe) {
	held := free
	for i := range w.actors {
		if w.actors[i].role {
			held = busy
		}
	}
	if w.locksDirs {
		return probe{standing: held}, probe{}
	}
	return probe{standing: unsupported}, probe{standing: held}
}

// walk is what a walk over /proc finds.
func (w *world) walk(f *facts) {
	for i := range w.actors {
		a := &w.actors[i]
		if a.numberFor(&w.asker) == 0 || a.zombie {
			if a.sqlite && !a.posix && !a.fossilGone && w.fossil {
				f.foreign++ // such locks are listed in every namespace
			}
			continue
		}
		p := w.show(a)
		if a.sqlite && !a.fossilGone && w.fossil && p.unlisted != "" {
			f.foreign++
		}
		switch {
		case p.touches || p.pid == f.fossil.pid:
			f.others = append(f.others, *p)
		case p.unlisted != "" && p.uid == f.me:
			f.unread++
		}
	}
}

// show is what /proc tells of a process.
func (w *world) show(a *actor) *process {
	p := &process{pid: a.numberFor(&w.asker), name: "x", uid: a.uid, dead: a.zombie, late: a.started > w.written, args: a.args}
	p.numbers = []int{p.pid}
	if a.container != 0 && w.asker.container == 0 {
		p.numbers = append(p.numbers, a.inner)
	}
	if a.zombie {
		return p
	}
	if !a.readable(&w.asker) {
		p.unlisted = "permission denied"
		return p
	}
	p.directory, p.role = a.role && w.locksDirs, a.role && !w.locksDirs
	p.lock = a.family && !a.lockGone && w.lockFile
	p.inherited = p.lock && a.inherits
	if !a.fossilGone && w.fossil {
		p.fossil = a.open
		if a.sqlite && !a.posix {
			p.ofd = 1
		}
	}
	p.touches = p.locks() || p.fossil != closed || a.log
	if p.touches {
		p.listens = a.listens
	}
	return p
}

// TestTheAnswerIsTrue compares what is said of made-up worlds with what they are.
func TestTheAnswerIsTrue(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // each takes microseconds
		must(t, flag.Set("rapid.checks", "20000"))
		defer func() { must(t, flag.Set("rapid.checks", f.DefValue)) }()
	}
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		v := judge(w.facts())
		seen[v.Answer.String()+", "+v.Role.String()]++
		w.checkVerdict(t, v)
	})
	t.Log(seen)
	for _, want := range []string{"free, none", "cannot tell, none"} {
		if seen[want] == 0 {
			t.Errorf("never %s", want)
		}
	}
	for _, r := range []Role{RoleHub, RoleKeeper, RoleEarlier, RoleReference} {
		if seen["held, "+r.String()] == 0 {
			t.Errorf("never held by a %v", r)
		}
	}
}

func (w *world) checkVerdict(t *rapid.T, v Verdict) {
	holders, visible := 0, 0
	var holder *actor
	for i := range w.actors {
		a := &w.actors[i]
		if !a.holds() || a.family && !w.lockFile && !a.role && a.open != writing {
			continue
		}
		holders++
		if a.readable(&w.asker) && a.uid == w.asker.uid {
			visible++
		}
		if n := a.numberFor(&w.asker); n != 0 && n == v.PID {
			holder = a
		}
	}
	switch v.Answer {
	case Free:
		if holders > 0 {
			t.Fatalf("free, and %d hold it", holders)
		}
	case Held:
		w.checkHeld(t, v, holder)
	case CannotTell:
		if w.plain(holders, visible) {
			t.Fatalf("cannot tell: %+v", v)
		}
	}
	lines := v.Asked + v.Next
	if (v.Answer == CannotTell) != (v.Asked != "" && v.Next != "") || strings.Contains(lines, "\n") || v.Answer != CannotTell && lines != "" {
		t.Fatalf("words: %+v", v)
	}
}

func (w *world) checkHeld(t *rapid.T, v Verdict, holder *actor) {
	switch {
	case holder == nil:
		t.Fatalf("held by a bystander: %+v", v)
	case holder.uid != w.asker.uid || !holder.readable(&w.asker):
		t.Fatalf("held by whom nobody can see: %+v", v)
	case v.Role != holder.trueRole():
		t.Fatalf("it is a %v: %+v", holder.trueRole(), v)
	case v.Serving != (holder.listens == bothPorts):
		t.Fatalf("%d ports: %+v", holder.listens, v)
	}
}

// plain reports whether the world leaves no reason for doubt: nothing is damaged, and
// everybody who has the directory is seen, or nobody has.
func (w *world) plain(holders, visible int) bool {
	if w.names > 1 || !w.lockFile || !w.fossil || w.record.bad != "" || holders != visible {
		return false
	}
	for i := range w.actors {
		a := &w.actors[i]
		switch {
		case a.lockGone || a.fossilGone || a.kind == backupKind || a.kind == starterKind || a.kind == serverKind:
			return false
		case a.otherDirectory || !a.zombie && a.open != closed && (!a.readable(&w.asker) || a.uid != w.asker.uid):
			return false
		case w.mayName(a) && !a.holds() && !a.zombie && (a.open != closed || !a.readable(&w.asker)):
			return false // a forged record, part of the signs
		case a.kind == referenceKind && (a.listens == 0 || !w.mayName(a)):
			return false // without locks the record has to name it
		case a.kind == earlierKind && a.zombie:
			return false
		}
	}
	return true
}

// mayName reports whether hub.pid has a number of the actor's that the asker sees.
func (w *world) mayName(a *actor) bool {
	n := a.numberFor(&w.asker)
	return w.record.present && n != 0 && (n == w.record.pid || w.asker.container == 0 && a.inner == w.record.pid)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// TestWordsHoldNothingForeign has names that move a cursor, and paths that a shell splits.
func TestWordsHoldNothingForeign(t *testing.T) {
	if got := plain("a\x1b[2Jb\nc\u202e"); got != "a?[2Jb?c?" {
		t.Errorf("%q", got)
	}
	for path, want := range map[string]string{"/a/b": "/a/b", "/a b": "'/a b'", "/it's": `'/it'\''s'`, "/ä": "/ä", "/a;b": "'/a;b'"} {
		if got := shell(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := fmt.Sprint((&process{pid: 7}).String(), (&process{pid: 7, name: "x"}).String()); got != "process 7process 7 (x)" {
		t.Errorf("%q", got)
	}
}
