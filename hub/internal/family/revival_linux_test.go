package family

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
)

// The first deaths in a row are mended at once here, the fourth one after an hour.
func TestBackOff(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "1h,0s,0s,0s,1h", script{Deaths: 9, Record: true})
	_ = k.Control.Close()
	for i := range 3 {
		if s := e.nth(t, i+1).Spec; s.Deaths != i+1 {
			t.Errorf("start %d: %d deaths", i+1, s.Deaths)
		}
		if s := e.seen(); i > 0 && s[i].Spec.DeadPID != s[i-1].PID {
			t.Errorf("start %d: %d has died, it says %d", i+1, s[i-1].PID, s[i].Spec.DeadPID)
		}
	}
	eventually(t, "hub.pid names the keeper", func() bool { return e.recorded() == k.PID })
	if v := owner.Whose(e.dir); v.Answer == owner.Free {
		t.Errorf("while it waits the workspace is %+v", v)
	}
	_ = syscall.Kill(k.PID, syscall.SIGTERM)
	e.endsWell(t, k, 3)
	if got := e.recorded(); got != 0 {
		t.Errorf("hub.pid names %d", got)
	}
}

// Deaths far apart are each a first one.
func TestASteadyHubIsStartedAtOnce(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "0s,0s,1h", script{Deaths: 4})
	_ = k.Control.Close()
	if s := e.nth(t, 4).Spec; s.Deaths != 4 {
		t.Errorf("%d deaths", s.Deaths)
	}
}

func TestTermLeavesTheRecordOfAnother(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "1h,1h", script{})
	_ = k.Control.Close()
	eventually(t, "hub.pid names the keeper", func() bool { return e.recorded() == k.PID })
	if err := e.dir.WritePID(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	_ = syscall.Kill(k.PID, syscall.SIGTERM)
	e.endsWell(t, k, 0)
	if got := e.recorded(); got != os.Getpid() {
		t.Errorf("hub.pid names %d", got)
	}
}

// Who stops the hub while hub.pid names the keeper means the hub that is coming up.
func TestTermReachesAHubThatIsComingUp(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{})
	_ = k.Control.Close()
	seen := e.nth(t, 1)
	_ = syscall.Kill(k.PID, syscall.SIGTERM)
	e.endsWell(t, k, 1)
	if proc.Alive(seen.PID) {
		t.Error("the hub lives on")
	}
	if got := e.recorded(); got != 0 {
		t.Errorf("hub.pid names %d", got)
	}
}

// A hub that has recorded itself is asked by its own number.
func TestTermIsNotPassedToAHubThatIsUp(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{Record: true})
	_ = k.Control.Close()
	seen := e.nth(t, 1)
	_ = syscall.Kill(k.PID, syscall.SIGTERM)
	e.endsWell(t, k, 1)
	if got := e.recorded(); got != seen.PID {
		t.Errorf("hub.pid names %d, the hub is %d", got, seen.PID)
	}
}

func TestSIGHUPIsIgnored(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "1h,1h", script{})
	_ = k.Control.Close()
	eventually(t, "hub.pid names the keeper", func() bool { return e.recorded() == k.PID })
	_ = syscall.Kill(k.PID, syscall.SIGHUP)
	_ = syscall.Kill(k.PID, syscall.SIGTERM) // it would have died of the other
	e.endsWell(t, k, 0)
}

func TestHostileWordsDoNotHurtTheKeeper(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{})
	if _, err := k.Control.conn.Write([]byte("{\n[]\n{\"word\":\"sing\"}\n{\"word\":\"member\"}\n{\"word\":\"renew\"}\n")); err != nil {
		t.Fatal(err)
	}
	say(t, k.Control, Message{Word: Member, File: tempFile(t, "no socket")})
	say(t, k.Control, Message{Word: End})
	e.endsWell(t, k, 0)
}

func TestAReplacedDirectoryIsLeftAlone(t *testing.T) {
	replace := map[string]func(d bonesdir.Dir) error{
		"moved away": func(d bonesdir.Dir) error { return os.Rename(d.State, d.State+"-away") },
		"removed":    func(d bonesdir.Dir) error { return os.RemoveAll(d.State) },
		"replaced": func(d bonesdir.Dir) error {
			if err := os.Rename(d.State, d.State+"-away"); err != nil {
				return err
			}
			return os.Mkdir(d.State, 0o700)
		},
		"removed and made again": func(d bonesdir.Dir) error { // ext4 gives the new one the old one's number
			if err := os.RemoveAll(d.State); err != nil {
				return err
			}
			return os.Mkdir(d.State, 0o700)
		},
	}
	for name, do := range replace {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t)
			k := e.keep(t, "", script{})
			awaitSelf(t, k)
			if err := do(e.dir); err != nil {
				t.Fatal(err)
			}
			_ = k.Control.Close()
			e.endsWell(t, k, 0)
			if names, _ := os.ReadDir(e.dir.State); len(names) > 0 {
				t.Errorf("there is %v in the new directory", names)
			}
		})
	}
	t.Run("replaced while it waits", func(t *testing.T) {
		e := newEstate(t)
		k := e.keep(t, "1h,2s", script{})
		_ = k.Control.Close()
		eventually(t, "hub.pid names the keeper", func() bool { return e.recorded() == k.PID })
		if err := replace["replaced"](e.dir); err != nil {
			t.Fatal(err)
		}
		e.endsWell(t, k, 0)
	})
}

// awaitSelf waits until the keeper keeps: it has the directory open.
func awaitSelf(t *testing.T, k *Process) {
	t.Helper()
	eventually(t, "the keeper is up", func() bool {
		for _, l := range links("/proc/" + itoa(k.PID) + "/fd") {
			if filepath.Base(l) == ".bones" {
				return true
			}
		}
		return false
	})
}
