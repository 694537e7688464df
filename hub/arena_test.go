package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
)

// arena is a workspace whose hub changes hands, with all processes that belong to it.
type arena struct {
	tb   testing.TB
	root string
	dir  bonesdir.Dir
	home string // for blows

	urls  string   // of both services, as they were first
	words *os.File // what requesters print
}

// newArena makes a workspace with a hub that is ready. At the end of the test no process
// of it is left, whatever has become of them.
func newArena(tb testing.TB) *arena {
	tb.Helper()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		tb.Skip("processes are found by their environment")
	}
	a := &arena{tb: tb, root: newWorkspace(tb), home: tb.TempDir()}
	a.dir = bonesdir.At(a.root)
	var err error
	if a.words, err = os.Create(filepath.Join(a.home, "words")); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = a.words.Close() })
	tb.Setenv(testArenaEnv, a.home)
	tb.Cleanup(a.clear)
	spawnHub(tb, a.root, "")
	a.settle()
	a.urls = a.dir.FossilURL() + " " + a.dir.NATSURL()
	return a
}

// processes lists those of the arena but this one. Who has ended does not count, whether
// or not somebody has waited for it.
func (a *arena) processes() (pids []int) {
	mark := []byte(testArenaEnv + "=" + a.home + "\x00")
	all, err := os.ReadDir("/proc")
	if err != nil {
		a.tb.Fatal(err)
	}
	for _, e := range all {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		env, err := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if err == nil && bytes.Contains(env, mark) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// clear ends all processes of the arena.
func (a *arena) clear() {
	within(a.tb, 30*time.Second, "cleared", func() bool {
		pids := a.processes()
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return len(pids) == 0
	})
}

// family is a hub with its keeper.
type family struct{ hub, keeper int }

// settle waits until there is a ready hub with one keeper, and nobody else of the arena.
func (a *arena) settle() family {
	a.tb.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		f, why := a.look()
		if why == "" {
			return f
		}
		if time.Now().After(deadline) {
			a.tb.Fatalf("no quiet: %s: %s", why, a.story())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// look returns the family if that is all that there is, and else what is not so.
func (a *arena) look() (f family, why string) {
	seen := a.processes()
	if len(seen) != 2 {
		return f, fmt.Sprint("processes ", seen)
	}
	if a.dir.NATSURL() == "" {
		return f, "no URLs"
	}
	st, err := askHub(a.root)
	if err != nil || st.Phase != hub.PhaseReady || !slices.Contains(seen, st.PID) {
		return f, fmt.Sprintf("the hub says %s, pid %d, %v", st.Phase, st.PID, err)
	}
	keepers := owner.Keepers(a.dir)
	if len(keepers) != 1 || !slices.Contains(seen, keepers[0]) || keepers[0] == st.PID {
		return f, fmt.Sprint("keepers ", keepers)
	}
	return family{st.PID, keepers[0]}, ""
}

// gone waits until no process of the arena is left and the workspace is free.
func (a *arena) gone() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		left := a.processes()
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v are left: %s", left, a.story())
		}
		time.Sleep(5 * time.Millisecond)
	}
	within(a.tb, 30*time.Second, "free", func() bool { // a program that one was just starting has the lock for a moment
		l, err := owner.Take(a.dir)
		return err == nil && l.Close() == nil
	})
	return nil
}

// dealt reports whether there is no blow that waits.
func (a *arena) dealt() bool {
	_, err := os.Lstat(blowFile(a.home))
	return errors.Is(err, os.ErrNotExist)
}

// run names the run of the hub that is ready, "" if none is.
func (a *arena) run() string {
	st, err := askHub(a.root)
	if err != nil || st.Phase != hub.PhaseReady {
		return ""
	}
	return st.Run
}

// another reports whether a hub is ready that is not that of an earlier run.
func (a *arena) another(run string) bool {
	now := a.run()
	return now != "" && now != run
}

// renewKeeper replaces a keeper that has seen deaths, and so takes its time at the next.
func (a *arena) renewKeeper(f family) family {
	a.tb.Helper()
	_ = syscall.Kill(f.keeper, syscall.SIGKILL)
	within(a.tb, 30*time.Second, "another keeper", func() bool {
		return slices.ContainsFunc(owner.Keepers(a.dir), func(pid int) bool { return pid != f.keeper })
	})
	return a.settle()
}

// story is what the processes have said last.
func (a *arena) story() string {
	tail := func(path string) []byte {
		text, _ := os.ReadFile(path)
		return text[max(0, len(text)-4000):]
	}
	who := ""
	for _, pid := range a.processes() {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		who += fmt.Sprintf("%d %s\n", pid, bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
	}
	return fmt.Sprintf("%+v\n%s%s\n%s\n%s", owner.Whose(a.dir), who, tail(a.dir.Log()), tail(a.dir.StderrLog()), tail(a.words.Name()))
}

// checkWords fails the test for what no process may ever print.
func (a *arena) checkWords() {
	a.tb.Helper()
	for _, path := range []string{a.words.Name(), a.dir.StderrLog(), a.dir.StderrLog() + ".1"} {
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			a.tb.Error(err)
		}
		for _, word := range []string{"DATA RACE", "panic:", "fatal error:"} {
			if i := bytes.Index(text, []byte(word)); i >= 0 {
				a.tb.Errorf("%s: %s", filepath.Base(path), text[max(0, i-100):min(len(text), i+4000)])
			}
		}
	}
}

// The requester is a process that asks for a restart from outside, with testRestartEnv.
const testRestartEnv = "BONES_TEST_RESTART"

// restartTest is the life of the requester. Its value is the root, after "reseed " if
// that is wanted too.
func restartTest(value string) error {
	root, reseed := value, false
	if after, ok := cutReseed(value); ok {
		root, reseed = after, true
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	done, err := hub.Restart(ctx, root, hub.RestartOptions{Stop: []hub.StopOption{hub.WithForce(true)}, Reseed: reseed})
	switch {
	case err != nil:
		return err
	case !done.Handed:
		return errors.New("the hub has not handed over")
	case reseed && done.Reseeded == nil:
		return errors.New("nothing was reseeded")
	}
	return nil
}
