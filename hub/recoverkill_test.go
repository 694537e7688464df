//go:build linux

package hub_test

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/owner"
)

// Hub and keeper are killed at once at any moment of check-in, checkpoint, copy and release;
// then whoever brings back is, again and again. Nothing acknowledged is missing from
// repository and copies together, and what a copy had comes back.
func TestKilledWhileACopyIsTaken(t *testing.T) {
	t.Parallel()
	killed := 0
	for i := range rounds(1, 200) {
		root := newWorkspace(t)
		l := newLot(t, root)
		p := spawnHub(t, root, "")
		if !awaitHub(t, root, 20*time.Second) {
			t.Fatal("the hub is not ready")
		}
		l.edit(t, "a")
		for range 1 + l.rnd.IntN(4) {
			l.checkIn(t, 1+l.rnd.IntN(4))
			l.pause(800 * time.Millisecond)
		}
		if i%2 == 1 { // in the release
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
			l.pause(100 * time.Millisecond)
		}
		l.kill(t, p)
		l.unionHasAll(t)
		l.wipe(t)
		killed += l.interrupted(t)
		l.recovered(t)
	}
	t.Logf("%d who brought back were killed", killed)
}

// kill kills a hub and its whole family, also who has just been started by one of it.
func (l *lot) kill(t *testing.T, p *hubProcess) {
	t.Helper()
	killAll(l.root, append(p.family(), p.cmd.Process.Pid)...)
	within(t, time.Minute, "nobody is left", func() bool {
		killAll(l.root)
		lock, err := owner.Take(bonesdir.At(l.root))
		if err == nil {
			err = lock.Close()
		}
		return err == nil
	})
}

// pause waits for up to d, for there is nothing to wait for: any moment will do.
func (l *lot) pause(d time.Duration) { time.Sleep(time.Duration(l.rnd.Int64N(int64(d)))) }

// unionHasAll fails unless repository and copies together have each check-in, and forgets
// those that no copy has and the edits that none has: they go with the repository.
func (l *lot) unionHasAll(t *testing.T) {
	t.Helper()
	here := l.here(t)
	kept := map[string]bool{}
	found, err := copies.Repositories(bonesdir.At(l.root))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found {
		r, closeAll, err := copies.Open(t.Context(), c, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", c.Path, err)
			continue
		}
		all, err := r.Timeline(t.Context(), fossil.TimelineOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.Path, err)
		}
		for _, ci := range all {
			kept[ci.UUID] = true
		}
		_ = closeAll()
	}
	for uuid := range l.trees {
		if !here[uuid] && !kept[uuid] {
			t.Errorf("check-in %.10s is nowhere", uuid)
		}
		if !kept[uuid] {
			delete(l.trees, uuid)
		}
	}
	trees, err := copies.Trees(t.Context(), bonesdir.At(l.root))
	if err != nil {
		t.Error(err)
	}
	if len(trees) == 0 {
		clear(l.edits)
	}
}

// interrupted kills who brings back until one comes through, and returns how many were.
func (l *lot) interrupted(t *testing.T) (killed int) {
	t.Helper()
	for try := range 8 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), testRecoverEnv+"="+l.root)
		p := startProcess(t, cmd)
		after := time.NewTimer(time.Duration(1+l.rnd.IntN(40*(1+try))) * time.Millisecond)
		select {
		case err := <-p.ended:
			after.Stop()
			if p.ended <- err; err != nil {
				t.Errorf("bring back: %v", err)
			}
			return killed
		case <-after.C:
			p.kill()
			killed++
		}
	}
	return killed
}
