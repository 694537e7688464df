//go:build linux

package main

import (
	"sync"
	"syscall"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/proc"
)

func frozen(t *testing.T, _ *whoseWorld) fresh {
	t.Helper()
	p := newPlace(t, newWorkspace(t))
	p.atATime = len(askers) // they all wait
	return func(t *testing.T, _ asker) *place {
		t.Helper()
		p.start(t)
		must(t, syscall.Kill(p.hub, syscall.SIGSTOP))
		return p
	}
}

// betweenLives has hubs that die so often that their keeper waits. For views it is frozen
// while it does; who waits for the next hub comes while it waits for a second, and who
// must find the keeper while it waits for half a minute, at once.
func betweenLives(t *testing.T, _ *whoseWorld) fresh {
	t.Helper()
	var making sync.WaitGroup
	made := map[string]*place{}
	for _, a := range askers {
		if replies["kept"][a.name].then != ended {
			continue
		}
		p := newPlace(t, newWorkspace(t))
		p.once = true
		made[a.name] = p
		making.Go(func() {
			p.killOften(t, 4)
			got := p.run(t, a.args...)
			p.ahead = &got
		})
	}
	t.Cleanup(making.Wait)
	return func(t *testing.T, a asker) *place {
		t.Helper()
		if p := made[a.name]; p != nil {
			making.Wait()
			return p
		}
		p := newPlace(t, newWorkspace(t))
		p.once = true
		if a.acts {
			p.killOften(t, 2)
			return p
		}
		p.killOften(t, 3)
		must(t, syscall.Kill(p.hub, syscall.SIGSTOP))
		return p
	}
}

// killOften starts a hub and kills it n times, as soon as it is there, until its keeper
// is who has the workspace.
func (p *place) killOften(t *testing.T, n int) {
	t.Helper()
	if got := p.run(t, "hub", "start", "--detach"); got.code != 0 {
		t.Error(got)
		return
	}
	var v hub.Ownership
	for range n {
		if !comes(t, "a hub", func() bool { v = hub.Whose(p.root); return v.Role == "hub" && v.Serving }) {
			return
		}
		_ = syscall.Kill(v.PID, syscall.SIGKILL)
		if !comes(t, "its end", func() bool { return !proc.Alive(v.PID) }) {
			return
		}
	}
	if pids := keepersOf(p.root); len(pids) == 1 {
		p.hub = pids[0]
	} else {
		t.Errorf("keepers: %v", pids)
	}
	comes(t, "the keeper alone", func() bool { return hub.Whose(p.root).Role == "keeper" })
}
