package family

import (
	"encoding/json"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/internal/owner"
)

// keep starts a keeper of a hub for which this process stands.
func (e *estate) keep(t *testing.T, waits string, do script) *Process {
	t.Helper()
	t.Setenv(waitsEnv, waits)
	return e.start(t, Keeper, do, nil)
}

// admit adds a member, and returns its end of the link.
func admit(t *testing.T, k *Process) *Link {
	t.Helper()
	ours, theirs, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	say(t, k.Control, Message{Word: Member, File: theirs})
	_ = theirs.Close()
	return ours
}

func say(t *testing.T, l *Link, m Message) {
	t.Helper()
	if err := l.Send(m); err != nil {
		t.Fatal(err)
	}
}

// endsWell waits for the end of the keeper, which must have started n hubs.
func (e *estate) endsWell(t *testing.T, k *Process, n int) {
	t.Helper()
	if code, err := k.Wait(); code != 0 || err != nil {
		t.Errorf("the keeper ended with %d, %v", code, err)
	}
	if got := len(e.seen()); got != n {
		t.Errorf("%d hubs were started, want %d", got, n)
	}
}

func (e *estate) recorded() int {
	rec, _ := e.dir.ReadPID()
	return rec.PID
}

func TestByeEndsTheKeeper(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{})
	say(t, k.Control, Message{Word: Bye})
	_ = k.Control.Close()
	e.endsWell(t, k, 0)
}

func TestEndEndsTheKeeperAtOnce(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{})
	second := admit(t, k)
	say(t, k.Control, Message{Word: End})
	e.endsWell(t, k, 0)
	if _, err := second.Receive(); err == nil {
		t.Error("the keeper speaks to the other hub")
	}
}

// What the keeper knows of a death and of the hub is passed on, and the workspace is nobody
// else's at any moment.
func TestADeathStartsTheHubAgain(t *testing.T) {
	e := newEstate(t)
	if err := e.dir.WritePID(4711); err != nil {
		t.Fatal(err)
	}
	begun := time.Now().Add(-time.Second)
	k := e.keep(t, "", script{Name: "first"})
	_, _ = e.lock.Close(), e.web.Close() // the hub is dead
	_ = k.Control.Close()
	seen := e.nth(t, 1)
	if s := seen.Spec; s.Part != Hub || s.Deaths != 1 || s.DeadPID != 4711 || s.DiedAt.Before(begun) || string(s.Settings) != `{"name":"first"}` {
		t.Errorf("it was started with %+v", s)
	}
	if seen.Lock != e.dir.LockFile() || seen.Listens != e.web.Addr().String() {
		t.Errorf("it got lock %q and listener %q", seen.Lock, seen.Listens)
	}
	if l, err := owner.Take(e.dir); err == nil {
		_ = l.Close()
		t.Error("the workspace was free")
	}
	if got := e.recorded(); got != k.PID {
		t.Errorf("hub.pid names %d until the hub, %d, names itself; the keeper is %d", got, seen.PID, k.PID)
	}
	if d := parent(seen.PID); d != k.PID {
		t.Errorf("it is a child of %d", d)
	}
}

// parent is the parent of a process, 0 if it is gone.
func parent(pid int) (ppid int) {
	text, _ := os.ReadFile("/proc/" + itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(text), ") ")
	if f := strings.Fields(rest); len(f) > 1 {
		ppid, _ = strconv.Atoi(f[1])
	}
	return ppid
}

func TestTheLastOfTwoDecides(t *testing.T) {
	for _, c := range []struct {
		name   string
		act    func(first, second *Link) error
		starts int
	}{
		{"the hub leaves, its successor dies", func(first, second *Link) error {
			_, _ = first.Say(Bye), first.Close()
			return second.Close()
		}, 1},
		{"the hub leaves, its successor leaves", func(first, second *Link) error {
			_, _ = first.Say(Bye), first.Close()
			_ = second.Say(Bye)
			return second.Close()
		}, 0},
		{"the hub dies, its successor leaves", func(first, second *Link) error {
			_ = first.Close()
			_ = second.Say(Bye)
			return second.Close()
		}, 0},
		{"both die", func(first, second *Link) error {
			_ = first.Close()
			return second.Close()
		}, 1},
		{"the successor dies before the hub has left", func(first, second *Link) error {
			_ = first.Say(Bye)
			_ = second.Close()
			return first.Close()
		}, 1},
		{"the successor dies before the hub takes leave", func(first, second *Link) error {
			_ = second.Close()
			_ = first.Say(Bye)
			return first.Close()
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEstate(t)
			k := e.keep(t, "", script{})
			second := admit(t, k)
			if err := c.act(k.Control, second); err != nil {
				t.Fatal(err)
			}
			if c.starts == 0 {
				e.endsWell(t, k, 0)
				return
			}
			if s := e.nth(t, 1).Spec; s.Deaths != 1 {
				t.Errorf("it was started with %+v", s)
			}
		})
	}
}

func TestRenewChangesWhatIsStarted(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{Name: "old"})
	web, listen := newListener(t)
	text, _ := json.Marshal(script{Name: "new"})
	say(t, k.Control, Message{Word: Renew, Spec: &Spec{Part: Keeper, Root: "/elsewhere", Settings: text}, File: listen})
	say(t, k.Control, Message{Word: Renew}) // of nothing
	_ = k.Control.Close()
	seen := e.nth(t, 1)
	if string(seen.Spec.Settings) != string(text) || seen.Spec.Root != e.dir.Root || seen.Listens != web.Addr().String() {
		t.Errorf("it was started with %+v, %s", seen.Spec, seen.Listens)
	}
}

// The old listener must not keep its port bound.
func TestRenewLetsGoOfTheOldListener(t *testing.T) {
	e := newEstate(t)
	k := e.keep(t, "", script{})
	_, listen := newListener(t)
	old := e.web.Addr().String()
	_, _ = e.web.Close(), e.listen.Close()
	say(t, k.Control, Message{Word: Renew, File: listen})
	eventually(t, "the port is free", func() bool {
		l, err := net.Listen("tcp", old)
		if err == nil {
			_ = l.Close()
		}
		return err == nil
	})
}
