package owner_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/owner/ownertest"
)

const stopElsewhere = "stop it where it runs: it is in another pid namespace (a container) or another user's"

// give makes the directory another user's.
func give(t *testing.T, d bonesdir.Dir, uid int) {
	t.Helper()
	run(t, "/", "chown", "-R", itoa(uid), d.Root)
}

func TestAHubThatCannotBeSeen(t *testing.T) {
	needsRoot(t)
	for kind, k := range kinds {
		t.Run(kind+" of root, asked by the directory's user", func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d))
			give(t, d, nobody)
			want := owner.Verdict{
				Asked: "asked who has locked " + d.LockFile() + "; the system answered: somebody, and shows no process that has",
				Next:  stopElsewhere,
			}
			switch k.role {
			case owner.RoleHub:
				want.Asked = strings.Replace(want.Asked, d.LockFile(), d.State, 1)
			case owner.RoleReference:
				want.Asked = "asked who has SQLite's lock on " + d.Fossil() + "; the system answered: " + process(t, hub.PID) + " of user 0, whose open files it does not show: it is of another user"
				want.Next = "look at it: ps -p " + itoa(hub.PID) + "; if it is a hub or has no business here, stop it as its user"
			default:
			}
			compare(t, ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody)), want)
		})
		t.Run(kind+" that hides its descriptors", func(t *testing.T) {
			d := workspace(t)
			give(t, d, nobody)
			s := k.spec(d)
			s.Plain = true
			hub := ownertest.Start(t, s, ownertest.As(nobody))
			got := ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody))
			if got.Answer != owner.CannotTell || got.Asked == "" || got.Next == "" {
				t.Errorf("%+v", got)
			}
			must(t, os.Remove(d.LockFile()))
			must(t, os.Remove(d.Fossil()))
			if k.role == owner.RoleHub {
				return // its lock of the directory is still there
			}
			who := process(t, hub.PID)
			compare(t, ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody)), owner.Verdict{
				Asked: "asked what " + who + ", which hub.pid names, has open; the system answered: open its list of descriptors: permission denied",
				Next:  "if " + who + " is no hub: rm " + d.PIDFile(),
			})
		})
	}
	t.Run("directory of another user", func(t *testing.T) {
		d := workspace(t)
		give(t, d, nobody)
		ownertest.Start(t, ownertest.Hub(d), ownertest.As(nobody))
		check(t, d, owner.Verdict{
			Asked: "bonesdir: state directory is not ours: " + d.State + " belongs to user 65534",
			Next:  "look at it: ls -ld " + d.State + "; a directory of this user is needed there, or name another one in BONES_DIR",
		})
	})
	t.Run("lock held by another user", func(t *testing.T) {
		d := workspace(t)
		f := ownertest.Family(t, d)
		s := ownertest.Standby(d)
		pid := ownertest.Start(t, s, ownertest.Inheriting(f), ownertest.As(nobody)).PID
		must(t, f.Close())
		check(t, d, owner.Verdict{
			Asked: "asked who has locked " + d.LockFile() + "; " + process(t, pid) + " has, of user 65534",
			Next:  "stop it as that user",
		})
	})
	t.Run("only an anonymous lock, beside a dashboard's", func(t *testing.T) {
		d := workspace(t)
		hub := ownertest.Start(t, ownertest.Earlier(d))
		must(t, os.Remove(d.LockFile()))
		must(t, d.RemovePID())
		give(t, d, nobody)
		ownertest.Start(t, ownertest.Dashboard(d), ownertest.As(nobody))
		compare(t, ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody)), owner.Verdict{
			Asked: "asked who has SQLite's lock on " + d.Fossil() + "; the system answered: a process that it does not show",
			Next:  stopElsewhere,
		})
		hub.Kill()
		compare(t, ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody)), free(""))
	})
	t.Run("own hub of a user", func(t *testing.T) {
		for kind, k := range kinds {
			d := workspace(t)
			give(t, d, nobody)
			hub := ownertest.Start(t, k.spec(d), ownertest.As(nobody))
			got := ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody))
			if want := held(hub.PID, k.role); got != want {
				t.Errorf("%s: %+v", kind, got)
			}
		}
	})
}

// TestAHubInAContainer has hubs that are process 1 of a pid namespace.
func TestAHubInAContainer(t *testing.T) {
	needsRoot(t)
	for kind, k := range kinds {
		t.Run(kind+", seen from outside", func(t *testing.T) {
			d := workspace(t)
			hub := ownertest.Start(t, k.spec(d), ownertest.Apart())
			if rec, err := d.ReadPID(); err != nil || rec.PID != 1 {
				t.Fatal(rec, err)
			}
			check(t, d, held(hub.PID, k.role))
			hub.Kill()
			check(t, d, free(nothingOf(t, 1)))
		})
		t.Run(kind+", outside, seen from inside", func(t *testing.T) {
			d := workspace(t)
			ownertest.Start(t, k.spec(d))
			ask := ownertest.Bystander(d)
			ask.Proc = true
			want := owner.Verdict{
				Asked: "asked who has locked " + d.LockFile() + "; the system answered: somebody, and shows no process that has",
				Next:  stopElsewhere,
			}
			switch k.role {
			case owner.RoleHub:
				want.Asked = strings.Replace(want.Asked, d.LockFile(), d.State, 1)
			case owner.RoleReference:
				want.Asked = "asked who has SQLite's lock on " + d.Fossil() + "; the system answered: a process that it does not show"
			default:
			}
			compare(t, ownertest.Ask(t, ask, ownertest.Apart()), want)
			// As one's own: the asker is the first process of its namespace.
			record(t, d, "1\n", time.Now())
			compare(t, ownertest.Ask(t, ask, ownertest.Apart()), want)
		})
	}
	t.Run("a /proc of another namespace", func(t *testing.T) {
		d := workspace(t)
		ownertest.Start(t, ownertest.Hub(d))
		got := ownertest.Ask(t, ownertest.Bystander(d), ownertest.Apart())
		compare(t, got, owner.Verdict{
			Asked: "asked who has locked " + d.State + "; the system answered: somebody, and shows no process that has (/proc shows another pid namespace, or nothing)",
			Next:  stopElsewhere,
		})
	})
	t.Run("reference outside, dashboard inside", func(t *testing.T) {
		d := workspace(t)
		ownertest.Start(t, ownertest.Reference(d))
		inside := ownertest.Dashboard(d)
		ownertest.Start(t, inside, ownertest.Apart())
		ask := ownertest.Bystander(d)
		ask.Proc = true
		if got := ownertest.Ask(t, ask, ownertest.Apart()); got.Answer != owner.CannotTell {
			t.Errorf("%+v", got)
		}
	})
}

// TestLocksOfOthers has locks that are held by what is no hub.
func TestLocksOfOthers(t *testing.T) {
	t.Run("a backup", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Bystander(d)
		s.Family = true
		pid := ownertest.Start(t, s).PID
		check(t, d, owner.Verdict{
			Asked: "asked who has locked " + d.LockFile() + "; " + process(t, pid) + " has, which does not look like a hub",
			Next:  "wait until it has ended, or end it: kill " + itoa(pid),
		})
	})
	t.Run("a backup that locks the directory", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Bystander(d)
		s.Role = true
		pid := ownertest.Start(t, s).PID
		check(t, d, owner.Verdict{
			Asked: "asked who has locked " + d.State + "; " + process(t, pid) + " has, which does not look like a hub",
			Next:  "wait until it has ended, or end it: kill " + itoa(pid),
		})
	})
	t.Run("the start of a hub of bones", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Bystander(d)
		s.Args = []string{"bones", "hub", "start", "--detach"}
		s.Family = true
		pid := ownertest.Start(t, s).PID
		check(t, d, owner.Verdict{
			Asked: "asked who has locked " + d.LockFile() + "; " + process(t, pid) + " has, which starts a hub of bones",
			Next:  "wait until it has ended",
		})
		hub := ownertest.Start(t, ownertest.Reference(d))
		check(t, d, held(hub.PID, owner.RoleReference))
	})
	t.Run("two hubs", func(t *testing.T) {
		d := workspace(t)
		ours := ownertest.Start(t, ownertest.Hub(d))
		must(t, os.Remove(d.LockFile())) // and all is as free to the bones CLI
		must(t, os.Remove(d.Fossil()))
		must(t, os.WriteFile(d.Fossil(), nil, 0o600))
		theirs := ownertest.Start(t, ownertest.Reference(d))
		check(t, d, owner.Verdict{
			Asked: "two processes are hubs of " + d.State + ": " + process(t, theirs.PID) + " and " + process(t, ours.PID),
			Next:  "stop one of them: kill " + itoa(theirs.PID) + ", or kill " + itoa(ours.PID),
		})
	})
	t.Run("a hub of bones that is just starting", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Reference(d)
		s.Listen, s.Records = 0, false
		pid := ownertest.Start(t, s).PID
		check(t, d, owner.Verdict{
			Asked: "asked whether " + process(t, pid) + " is the hub of " + d.State + ": it has hub.fossil open for writing and has \"hub start\" in its arguments, but listens on no recorded port",
			Next:  "if it is just starting, ask again in a moment; else stop it: kill " + itoa(pid),
		})
	})
	t.Run("a hub of bones without its lock", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Reference(d)
		s.Lock = ownertest.NoLock
		who := process(t, ownertest.Start(t, s).PID)
		check(t, d, owner.Verdict{
			Asked: "asked whether " + who + " is the hub of " + d.State + ": it has hub.fossil open for writing and listens on a recorded port and has \"hub start\" in its arguments, but has not SQLite's lock on it",
			Next:  "if " + who + " is no hub: rm " + d.PIDFile(),
		})
	})
}
