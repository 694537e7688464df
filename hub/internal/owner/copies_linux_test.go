package owner_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/owner/ownertest"
)

// kinds are the hubs that a copy may be made of.
var kinds = map[string]struct {
	spec func(bonesdir.Dir) ownertest.Spec
	role owner.Role
}{
	"ours":      {ownertest.Hub, owner.RoleHub},
	"d461995":   {ownertest.Earlier, owner.RoleEarlier},
	"reference": {ownertest.Reference, owner.RoleReference},
}

// TestACopyOfARunningHubIsFree copies the directory of a hub that runs: the copy is
// nobody's, and the hub keeps its own.
func TestACopyOfARunningHubIsFree(t *testing.T) {
	copies := map[string]string{ // what a shell does in the workspace; $1 is the new one
		"plain":              `cp -r .bones "$1/"`,
		"with attributes":    `cp -a .bones "$1/"`,
		"without hub.lock":   `cp -a .bones "$1/" && rm "$1/.bones/hub.lock"`,
		"without hub.fossil": `cp -a .bones "$1/" && rm "$1/.bones/hub.fossil"`,
		"only the records":   `mkdir "$1/.bones" && cp -a .bones/hub.pid .bones/hub-*-url "$1/.bones/"`,
	}
	for kind, k := range kinds {
		for name, script := range copies {
			t.Run(kind+", "+name, func(t *testing.T) {
				d := workspace(t)
				hub := ownertest.Start(t, k.spec(d))
				other := ownertest.Workspace(t.TempDir())
				run(t, d.Root, "sh", "-c", script, "sh", other.Root)
				check(t, other, free(nothingOf(t, hub.PID)))
				check(t, d, held(hub.PID, k.role))
			})
		}
	}
}

func TestACopyMadeWithHardLinksIsNotTheHubs(t *testing.T) {
	for kind, k := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			other := ownertest.Workspace(filepath.Join(d.Root, "other"))
			must(t, os.Mkdir(other.Root, 0o755))
			run(t, "/", "cp", "-al", d.State, other.State)
			who := process(t, hub.PID)
			want := owner.Verdict{
				Asked: "asked who has locked " + other.LockFile() + "; " + who + " has, and the file has 2 names, so that it may be another directory's hub",
				Next:  "if this directory is a copy made with hard links: rm " + other.LockFile(),
			}
			if k.role == owner.RoleReference {
				want = owner.Verdict{
					Asked: "asked whether " + who + " is the hub of " + other.State +
						": it has hub.fossil open for writing and listens on a recorded port and has \"hub start\" in its arguments, but has a hub.fossil of 2 names, which may be another directory's",
					Next: "if this directory is a copy made with hard links: cp " + other.Fossil() + " " + other.Fossil() + ".own && mv " + other.Fossil() + ".own " + other.Fossil(),
				}
			}
			check(t, other, want)
		})
	}
}

func TestACopyInALinkedWorktreeIsFree(t *testing.T) {
	needs(t, "git")
	d := workspace(t)
	run(t, d.Root, "git", "init", "-q")
	run(t, d.Root, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "x")
	tree := ownertest.Workspace(filepath.Join(t.TempDir(), "tree"))
	run(t, d.Root, "git", "worktree", "add", "-q", tree.Root)
	hub := ownertest.Start(t, ownertest.Hub(d))
	run(t, "/", "cp", "-r", d.State, tree.State)
	check(t, tree, free(nothingOf(t, hub.PID)))
}

func TestBonesDirAtACopyIsFree(t *testing.T) {
	d := workspace(t)
	hub := ownertest.Start(t, ownertest.Hub(d))
	copied := filepath.Join(t.TempDir(), "state")
	run(t, "/", "cp", "-r", d.State, copied)
	t.Setenv("BONES_DIR", copied)
	check(t, bonesdir.At(d.Root), free(nothingOf(t, hub.PID)))
	t.Setenv("BONES_DIR", d.State)
	check(t, bonesdir.At(t.TempDir()), held(hub.PID, owner.RoleHub))
}

func TestARestoredBackupIsFree(t *testing.T) {
	d := workspace(t)
	hub := ownertest.Start(t, ownertest.Hub(d))
	backup := ownertest.Workspace(t.TempDir())
	run(t, "/", "cp", "-a", d.State, backup.State)
	hub.Kill()
	check(t, backup, free("hub.pid names process "+itoa(hub.PID)+", which is not there"))
}

func TestAMovedWorkspaceIsStillTheHubs(t *testing.T) {
	for kind, k := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			moved := ownertest.Workspace(d.Root + "-moved")
			must(t, os.Rename(d.Root, moved.Root))
			t.Cleanup(func() { must(t, os.RemoveAll(moved.Root)) })
			check(t, moved, held(hub.PID, k.role))
			check(t, d, free(""))
			run(t, "/", "mkdir", "-p", d.State)
			check(t, d, free(""))
		})
	}
}

func TestEverySpellingOfTheRootIsTheSame(t *testing.T) {
	d := workspace(t)
	hub := ownertest.Start(t, ownertest.Hub(d))
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(d.Root, link))
	for _, root := range []string{link, link + "/.", d.Root + "/../" + filepath.Base(d.Root)} {
		check(t, ownertest.Workspace(root), held(hub.PID, owner.RoleHub))
	}
}

func TestRecordsRemovedUnderARunningHub(t *testing.T) {
	for kind, k := range kinds {
		t.Run(kind+", hub.lock", func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			must(t, os.Remove(d.LockFile()))
			check(t, d, held(hub.PID, k.role))
		})
		t.Run(kind+", hub.pid", func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			must(t, d.RemovePID())
			want := held(hub.PID, k.role)
			if k.role == owner.RoleReference {
				want = owner.Verdict{
					Asked: "asked whether " + process(t, hub.PID) + " is the hub of " + d.State +
						": it has hub.fossil open for writing and listens on a recorded port and has \"hub start\" in its arguments, but is not the process that hub.pid names",
					Next: "if it is: echo " + itoa(hub.PID) + " > " + d.PIDFile() + "; else stop it: kill " + itoa(hub.PID),
				}
			}
			check(t, d, want)
		})
	}
	t.Run("ours, both", func(t *testing.T) {
		d := workspace(t)
		hub := ownertest.Start(t, ownertest.Hub(d))
		must(t, os.Remove(d.LockFile()))
		must(t, d.RemovePID())
		check(t, d, held(hub.PID, owner.RoleHub))
	})
	t.Run("ours, the directory", func(t *testing.T) {
		d := workspace(t)
		ownertest.Start(t, ownertest.Hub(d))
		must(t, os.RemoveAll(d.State))
		check(t, d, free(""))
		must(t, os.Mkdir(d.State, 0o700))
		check(t, d, free(""))
	})
}

// TestAClockThatWasSet makes every hub look younger than its record.
func TestAClockThatWasSet(t *testing.T) {
	for kind, k := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			record(t, d, itoa(hub.PID), time.Now().Add(-time.Hour))
			check(t, d, held(hub.PID, k.role))
		})
	}
}

func TestADeadHubsDirectoryIsFree(t *testing.T) {
	for kind, k := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			hub.Kill()
			check(t, d, free("hub.pid names process "+itoa(hub.PID)+", which is not there"))
		})
	}
	t.Run("zombie", func(t *testing.T) {
		d := workspace(t)
		hub := ownertest.Start(t, ownertest.Hub(d))
		must(t, hub.Die())
		eventually(t, d, free("hub.pid names process "+itoa(hub.PID)+", which has ended"))
	})
}
