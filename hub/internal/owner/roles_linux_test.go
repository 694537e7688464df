package owner_test

import (
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/owner/ownertest"
)

func TestAStateDirectoryWithoutAHubIsFree(t *testing.T) {
	t.Run("none", func(t *testing.T) { check(t, ownertest.Workspace(t.TempDir()), free("")) })
	t.Run("stopped", func(t *testing.T) { check(t, workspace(t), free("")) })
	t.Run("empty", func(t *testing.T) {
		d := ownertest.Workspace(t.TempDir())
		must(t, os.Mkdir(d.State, 0o700))
		check(t, d, free(""))
	})
}

func TestEachKindOfHubHolds(t *testing.T) {
	t.Run("hub of ours", func(t *testing.T) {
		d := workspace(t)
		check(t, d, held(ownertest.Start(t, ownertest.Hub(d)).PID, owner.RoleHub))
	})
	t.Run("hub and keeper", func(t *testing.T) {
		d := workspace(t)
		lock := ownertest.Family(t, d)
		hub := ownertest.Start(t, ownertest.Hub(d), ownertest.Inheriting(lock))
		keeper := ownertest.Keeper(d)
		keeper.PIDFile = false
		ownertest.Start(t, keeper, ownertest.Inheriting(lock))
		must(t, lock.Close())
		check(t, d, held(hub.PID, owner.RoleHub))
		must(t, d.RemovePID())
		check(t, d, held(hub.PID, owner.RoleHub))
	})
	t.Run("hub back, hub.pid still the keeper's", func(t *testing.T) {
		d := workspace(t)
		lock := ownertest.Family(t, d)
		hub := ownertest.Start(t, ownertest.Hub(d), ownertest.Inheriting(lock))
		keeper := ownertest.Start(t, ownertest.Keeper(d), ownertest.Inheriting(lock))
		must(t, lock.Close())
		want := held(hub.PID, owner.RoleHub)
		want.Stale = "hub.pid names " + process(t, keeper.PID) + ", and process " + itoa(hub.PID) + " has the directory"
		check(t, d, want)
	})
	t.Run("keeper alone", func(t *testing.T) {
		d := workspace(t)
		lock := ownertest.Family(t, d)
		keeper := ownertest.Start(t, ownertest.Keeper(d), ownertest.Inheriting(lock))
		must(t, lock.Close())
		want := owner.Verdict{Answer: owner.Held, PID: keeper.PID, Role: owner.RoleKeeper}
		check(t, d, want)
		must(t, d.RemovePID())
		check(t, d, want)
	})
	t.Run("successor named, predecessor drains", func(t *testing.T) {
		d := workspace(t)
		lock := ownertest.Family(t, d)
		ownertest.Start(t, ownertest.Hub(d), ownertest.Inheriting(lock))
		next := ownertest.Standby(d)
		next.PIDFile = true
		successor := ownertest.Start(t, next, ownertest.Inheriting(lock))
		must(t, lock.Close())
		check(t, d, owner.Verdict{Answer: owner.Held, PID: successor.PID, Role: owner.RoleHub})
	})
	t.Run("successor between two roles", func(t *testing.T) {
		d := workspace(t)
		lock := ownertest.Family(t, d)
		next := ownertest.Standby(d)
		next.PIDFile = true
		successor := ownertest.Start(t, next, ownertest.Inheriting(lock))
		must(t, lock.Close())
		check(t, d, owner.Verdict{Answer: owner.Held, PID: successor.PID, Role: owner.RoleHub})
	})
	t.Run("hub of d461995", func(t *testing.T) {
		d := workspace(t)
		check(t, d, held(ownertest.Start(t, ownertest.Earlier(d)).PID, owner.RoleEarlier))
	})
	t.Run("hub of d461995, starting", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Earlier(d)
		s.Write, s.Lock, s.Listen, s.Records = false, ownertest.NoLock, 0, false
		check(t, d, owner.Verdict{Answer: owner.Held, PID: ownertest.Start(t, s).PID, Role: owner.RoleEarlier})
	})
	t.Run("hub of bones", func(t *testing.T) {
		d := workspace(t)
		check(t, d, held(ownertest.Start(t, ownertest.Reference(d)).PID, owner.RoleReference))
	})
	t.Run("hub of bones in the foreground", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Reference(d)
		s.Family = true
		check(t, d, held(ownertest.Start(t, s).PID, owner.RoleReference))
	})
	t.Run("hub of bones, and an attached dashboard", func(t *testing.T) {
		d := workspace(t)
		hub := ownertest.Start(t, ownertest.Reference(d))
		ownertest.Start(t, ownertest.Dashboard(d))
		check(t, d, held(hub.PID, owner.RoleReference))
	})
	t.Run("hub that serves one port only", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Hub(d)
		s.Listen = 1
		hub := ownertest.Start(t, s)
		want := held(hub.PID, owner.RoleHub)
		want.Serving, want.NATS = false, false
		check(t, d, want)
	})
}

// TestNoDirectoryLocks has a file system on which the role is locked in a file.
func TestNoDirectoryLocks(t *testing.T) {
	ask := func(t *testing.T, d bonesdir.Dir, want owner.Verdict) {
		t.Helper()
		compare(t, owner.WhoseWithoutDirectoryLocks(d), want)
	}
	d := workspace(t)
	ask(t, d, free(""))
	s := ownertest.Hub(d)
	s.Role, s.RoleFile = false, true
	hub := ownertest.Start(t, s)
	ask(t, d, held(hub.PID, owner.RoleHub))
	must(t, d.RemovePID())
	must(t, os.Remove(d.LockFile()))
	ask(t, d, held(hub.PID, owner.RoleHub))
	hub.Kill()
	ask(t, d, free(""))
	if _, err := os.Stat(filepath.Join(d.State, "hub.role")); err != nil {
		t.Error(err)
	}
}
