//go:build unix

package reference_test

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/reference"
)

// verb runs one and fails the test unless it ends as wanted, without an error.
func verb(t *testing.T, d bonesdir.Dir, want reference.Outcome) {
	t.Helper()
	if got, err := reference.Verb(t.Context(), d.Root); got != want || err != nil {
		t.Errorf("Verb = %v, %v, want %v", got, err, want)
	}
}

func TestVerbTouchesNothingOfALiveProcess(t *testing.T) {
	other, _ := livePID(t, "")
	for _, pid := range []int{os.Getpid(), other} {
		d := newWorkspace(t)
		write(t, d.State, "hub.pid", fmt.Sprintln(pid), 0o644)
		before := content(t, d.Root)
		verb(t, d, reference.Running)
		if after := content(t, d.Root); !maps.Equal(before, after) {
			t.Errorf("pid %d: the workspace has changed", pid)
		}
	}
}

// The kernel's lock alone keeps everything, whatever both pid files say.
func TestVerbWipesNothingUnderTheLock(t *testing.T) {
	dead, own := fmt.Sprintln(deadPID(t)), fmt.Sprintln(os.Getpid())
	for _, hubPID := range []string{"", dead} {
		for _, lockPID := range []string{"", dead, own, "no number\n"} {
			t.Run(fmt.Sprintf("hub.pid=%q,lock=%q", hubPID, lockPID), func(t *testing.T) {
				d := newWorkspace(t)
				writePIDs(t, d, hubPID, lockPID)
				defer holdLock(t, d)()
				wipesNothing(t, d)
				if exists(d.LockPIDFile()) != (lockPID != "" && lockPID != dead) {
					t.Error("hub.lock.pid: only that of a dead process is removed")
				}
			})
		}
	}
}

func TestVerbWipesNothingIfTheLockNamesALiveProcess(t *testing.T) {
	d := newWorkspace(t)
	other, _ := livePID(t, "")
	writePIDs(t, d, fmt.Sprintln(deadPID(t)), fmt.Sprintln(other))
	wipesNothing(t, d)
	if exists(d.LockFile()) {
		t.Error("the lock was tried although its record names a live process")
	}
}

func writePIDs(t *testing.T, d bonesdir.Dir, hubPID, lockPID string) {
	t.Helper()
	if hubPID != "" {
		write(t, d.State, "hub.pid", hubPID, 0o644)
	}
	if lockPID != "" {
		write(t, d.State, "hub.lock.pid", lockPID, 0o600)
	}
}

func wipesNothing(t *testing.T, d bonesdir.Dir) {
	t.Helper()
	kept := func() map[string]string {
		all := content(t, d.Root)
		maps.DeleteFunc(all, func(path, _ string) bool {
			return path == d.State || strings.HasPrefix(path, d.LockFile()) || strings.HasPrefix(path, filepath.Join(d.State, "pids"))
		})
		return all
	}
	before := kept()
	verb(t, d, reference.Locked)
	if after := kept(); !maps.Equal(before, after) {
		t.Errorf("the workspace has changed:\n%v\n%v", slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
	}
}

// Our own pid in hub.lock.pid is no other process.
func TestVerbEmptiesAFreeWorkspace(t *testing.T) {
	for pid, lockPID := range map[string]string{"": "", fmt.Sprintln(deadPID(t)): fmt.Sprintln(deadPID(t)), "no number\n": fmt.Sprintln(os.Getpid())} {
		d := newWorkspace(t)
		writePIDs(t, d, pid, lockPID)
		verb(t, d, reference.Started)
		first, comment, files := trunk(t, d)
		if want := map[string]fossil.Perm{"README.md": fossil.Regular, "a dir/run.sh": fossil.Exec}; !maps.Equal(files, want) {
			t.Errorf("trunk has %v, want %v", files, want)
		}
		if !strings.HasPrefix(comment, "session base: ") || len(comment) < len("session base: 1234") {
			t.Errorf("comment %q", comment)
		}
		for name, want := range map[string]bool{
			".fslckout": false, ".fossil-settings": false, ".bones/pids": false,
			".bones/hub.pid": false, ".bones/hub.lock.pid": false, ".bones/hub.lock": true,
			".bones/hub.fossil-wal": false, ".bones/hub.fossil-shm": false,
			".bones/swarm/ended": false, ".bones/swarm/alive/wt/work.txt": true, ".bones/swarm/unknown/wt/work.txt": true,
			".bones/swarm/odd": true, ".bones/coord/jetstream/x": true,
		} {
			if exists(filepath.Join(d.Root, name)) != want {
				t.Errorf("hub.pid %q: %s is there: %t, want %t", pid, name, !want, want)
			}
		}
		urls := []string{d.FossilURL(), d.NATSURL()}
		verb(t, d, reference.Started)
		second, _, _ := trunk(t, d)
		if first == second {
			t.Error("a second start has kept the project")
		}
		if again := []string{d.FossilURL(), d.NATSURL()}; urls[0] == "" || urls[1] == "" || !slices.Equal(urls, again) {
			t.Errorf("ports %v became %v", urls, again)
		}
	}
}

func TestVerbFailsBeforeItRemovesAnything(t *testing.T) {
	gated := newWorkspace(t)
	write(t, gated.Root, ".claude/worktrees/agent-7/x", "", 0o644)
	plain := bonesdir.At(t.TempDir())
	empty := bonesdir.At(t.TempDir())
	runGit(t, empty.Root, "init", "-q")
	gone := bonesdir.At(filepath.Join(t.TempDir(), "gone"))
	for name, d := range map[string]bonesdir.Dir{"gated": gated, "no git": plain, "nothing tracked": empty, "no root": gone} {
		if o, err := reference.Verb(t.Context(), d.Root); o != reference.Failed || err == nil {
			t.Errorf("%s: Verb = %v, %v", name, o, err)
		} else if name == "nothing tracked" && !errors.Is(err, reference.ErrNothingToSeed) {
			t.Errorf("%s: %v", name, err)
		}
		if exists(d.LockPIDFile()) {
			t.Errorf("%s: the lock is kept", name)
		}
	}
	if !exists(gated.Slot("ended")) || !exists(gated.Fossil()) {
		t.Error("a refused start has removed something")
	}
}

// A port that is taken is not looked at before the wipe.
func TestVerbOnATakenPortLeavesNothing(t *testing.T) {
	d := newWorkspace(t)
	thief, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	write(t, d.State, "hub-nats-url", fmt.Sprint("nats://", thief.Addr(), "\n"), 0o644)
	if o, err := reference.Verb(t.Context(), d.Root); o != reference.Started || err == nil {
		t.Errorf("Verb = %v, %v", o, err)
	}
	for _, path := range []string{d.PIDFile(), d.LockPIDFile(), d.Fossil(), d.Fossil() + "-wal", d.Fossil() + "-shm"} {
		if exists(path) {
			t.Errorf("%s is there", path)
		}
	}
	log, err := os.ReadFile(d.Log())
	if err != nil || !strings.Contains(string(log), "hub: bring-up failed") {
		t.Errorf("hub.log: %v\n%s", err, log)
	}
	thief.Close()
	verb(t, d, reference.Started)
}
