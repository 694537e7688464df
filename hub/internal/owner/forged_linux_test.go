package owner_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/owner/ownertest"
)

func TestAForgedRecordIsNotBelieved(t *testing.T) {
	t.Run("pid 1", func(t *testing.T) {
		needsRoot(t) // who else cannot see what process 1 has open
		d := workspace(t)
		record(t, d, "1\n", time.Now())
		check(t, d, free(nothingOf(t, 1)))
	})
	t.Run("pid 1, asked by another user", func(t *testing.T) {
		needsRoot(t)
		d := workspace(t)
		record(t, d, "1\n", time.Now())
		run(t, "/", "chown", "-R", itoa(nobody), d.State)
		got := ownertest.Ask(t, ownertest.Bystander(d), ownertest.As(nobody))
		compare(t, got, free("hub.pid names "+process(t, 1)+", which is of user 0"))
	})
	t.Run("a live foreign process", func(t *testing.T) {
		d := workspace(t)
		pid := ownertest.Start(t, ownertest.Bystander(d)).PID
		record(t, d, itoa(pid), time.Now())
		check(t, d, free(nothingOf(t, pid)))
	})
	t.Run("this process", func(t *testing.T) {
		d := workspace(t)
		record(t, d, itoa(os.Getpid()), time.Now())
		check(t, d, free(nothingOf(t, os.Getpid())))
	})
	t.Run("a hub of another workspace", func(t *testing.T) {
		d, other := workspace(t), workspace(t)
		pid := ownertest.Start(t, ownertest.Hub(other)).PID
		record(t, d, itoa(pid), time.Now())
		check(t, d, free(nothingOf(t, pid)))
	})
	t.Run("a thread of this process", func(t *testing.T) {
		d := workspace(t)
		threads, err := os.ReadDir("/proc/self/task")
		must(t, err)
		tid := threads[len(threads)-1].Name()
		record(t, d, tid, time.Now())
		check(t, d, free("hub.pid names process "+tid+", which has ended"))
	})
	t.Run("an attached dashboard", func(t *testing.T) {
		d := workspace(t)
		pid := ownertest.Start(t, ownertest.Dashboard(d)).PID
		record(t, d, itoa(pid), time.Now())
		who := process(t, pid)
		check(t, d, owner.Verdict{
			Asked: "asked whether " + who + " is the hub of " + d.State + ": it has hub.fossil open for writing, but listens on no recorded port",
			Next:  "if " + who + " is no hub: rm " + d.PIDFile(),
		})
	})
	t.Run("a reader of the log", func(t *testing.T) {
		d := workspace(t)
		s := ownertest.Bystander(d)
		s.Log = true
		pid := ownertest.Start(t, s).PID
		record(t, d, itoa(pid), time.Now())
		who := process(t, pid)
		check(t, d, owner.Verdict{
			Asked: "asked whether " + who + " is the hub of " + d.State + ": it has a file of it open, but listens on no recorded port",
			Next:  "if " + who + " is no hub: rm " + d.PIDFile(),
		})
	})
	t.Run("an attached dashboard, while a hub runs", func(t *testing.T) {
		d := workspace(t)
		hub := ownertest.Start(t, ownertest.Hub(d))
		pid := ownertest.Start(t, ownertest.Dashboard(d)).PID
		record(t, d, itoa(pid), time.Now())
		want := held(hub.PID, owner.RoleHub)
		want.Stale = "hub.pid names " + process(t, pid) + ", and process " + itoa(hub.PID) + " has the directory"
		check(t, d, want)
	})
	for what, text := range map[string]string{"no number": "hub\n", "negative": "-1\n", "empty": "", "huge": strings.Repeat("1", 5000)} {
		t.Run(what, func(t *testing.T) {
			d := workspace(t)
			record(t, d, text, time.Now())
			got := owner.Whose(d)
			if got.Answer != owner.CannotTell || !strings.Contains(got.Asked, "bad record") ||
				got.Next != "no lock is held; if no hub runs: rm "+d.PIDFile() {
				t.Errorf("%+v", got)
			}
			hub := ownertest.Hub(d)
			hub.PIDFile = false
			want := held(ownertest.Start(t, hub).PID, owner.RoleHub)
			_, bad, _ := strings.Cut(got.Asked, "which process is the hub: ")
			want.Stale = "hub.pid names no process: " + bad
			check(t, d, want)
		})
	}
}

// TestARecycledPIDIsNobody has a process that started after hub.pid was written.
func TestARecycledPIDIsNobody(t *testing.T) {
	d := workspace(t)
	pid := ownertest.Start(t, ownertest.Bystander(d)).PID
	record(t, d, itoa(pid), time.Now().Add(-time.Hour))
	check(t, d, free("hub.pid names "+process(t, pid)+", which started after it was written"))

	dashboard := ownertest.Start(t, ownertest.Dashboard(d)).PID
	record(t, d, itoa(dashboard), time.Now().Add(-time.Hour))
	check(t, d, free("hub.pid names "+process(t, dashboard)+", which started after it was written"))
}

func TestOpenersOfTheRepositoryAreNoHubs(t *testing.T) {
	for what, change := range map[string]func(*ownertest.Spec){
		"reading":             func(s *ownertest.Spec) { s.Open, s.Write = true, false },
		"writing":             func(*ownertest.Spec) {},
		"with the POSIX lock": func(s *ownertest.Spec) { s.Lock = ownertest.POSIXLock },
		"without a lock":      func(s *ownertest.Spec) { s.Lock = ownertest.NoLock },
	} {
		t.Run("dashboard "+what, func(t *testing.T) {
			d := workspace(t)
			s := ownertest.Dashboard(d)
			change(&s)
			ownertest.Start(t, s)
			check(t, d, free(""))
			record(t, d, "999999999", time.Now())
			check(t, d, free("hub.pid names process 999999999, which is not there"))
		})
	}
	t.Run("sqlite3", func(t *testing.T) {
		needs(t, "sqlite3")
		d := workspace(t)
		must(t, os.Remove(d.Fossil()))
		run(t, d.Root, "sqlite3", d.Fossil(), "pragma journal_mode=wal; create table x(y);")
		converse(t, exec.Command("sqlite3", d.Fossil()), "select count(*) from x;\n", "0\n")
		check(t, d, free(""))
	})
}

// converse starts a program, says something and waits for the answer; the program goes on.
func converse(t *testing.T, cmd *exec.Cmd, say, answer string) {
	t.Helper()
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = in.Close(); _ = cmd.Wait() })
	_, err = io.WriteString(in, say)
	must(t, err)
	if got, err := bufio.NewReader(out).ReadString('\n'); got != answer || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
}

// TestStockFossilIsNoHub has fossil's own server on the repository, on a port of its own
// and on the recorded one.
func TestStockFossilIsNoHub(t *testing.T) {
	needs(t, "fossil")
	for _, verb := range []string{"server", "ui"} {
		t.Run(verb, func(t *testing.T) {
			d := workspace(t)
			must(t, os.Remove(d.Fossil()))
			run(t, d.Root, "fossil", "new", d.Fossil())
			run(t, d.Root, "sqlite3", d.Fossil(), "pragma journal_mode=wal")
			port, pid := fossilServer(t, d.Root, verb, d.Fossil())
			eventually(t, d, free("")) // once the answer to our question has ended
			must(t, ownertest.WriteURLs(d, port, 2))
			eventually(t, d, free(""))
			record(t, d, itoa(pid), time.Now())
			got := owner.Whose(d)
			if got.Answer == owner.Held {
				t.Errorf("%+v", got)
			}
		})
	}
}

// fossilServer starts fossil's server and waits until it answers.
func fossilServer(t *testing.T, home, verb, repository string) (port, pid int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port = l.Addr().(*net.TCPAddr).Port
	must(t, l.Close())
	cmd := exec.Command("fossil", verb, "--localhost", "--port", itoa(port), repository)
	if verb == "ui" {
		cmd.Args = append(cmd.Args, "--nobrowser")
	}
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "HOME="+home, "USER=tester")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, cmd.Start())
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); _ = cmd.Wait() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", itoa(port)))
		if err == nil {
			_ = c.Close()
			return port, cmd.Process.Pid
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// TestALookAlikeOnTheRecordedPortsIsNoHub has a server that took the ports of a dead hub.
func TestALookAlikeOnTheRecordedPortsIsNoHub(t *testing.T) {
	d := workspace(t)
	s := ownertest.Bystander(d)
	s.Listen, s.Records = 2, true
	pid := ownertest.Start(t, s).PID
	check(t, d, free(""))
	record(t, d, itoa(pid), time.Now())
	check(t, d, free(nothingOf(t, pid)))

	hub := ownertest.Hub(d)
	hub.Records = false // the look-alike's ports stay recorded
	want := held(ownertest.Start(t, hub).PID, owner.RoleHub)
	want.Serving, want.NATS = false, false
	check(t, d, want)
}

// TestWhatIsNoRegularFile has things at the places of the state directory that would make
// a reader wait or look elsewhere.
func TestWhatIsNoRegularFile(t *testing.T) {
	for _, name := range []string{"hub.lock", "hub.role", "hub.fossil"} {
		for kind, put := range map[string]func(path string) error{
			"pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
			"link":      func(path string) error { return os.Symlink("/etc/passwd", path) },
			"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		} {
			t.Run(name+" is a "+kind, func(t *testing.T) {
				d := workspace(t)
				path := filepath.Join(d.State, name)
				must(t, os.RemoveAll(path))
				must(t, put(path))
				answer := "it is no regular file"
				if kind == "link" && name != "hub.fossil" {
					answer = "it is a symbolic link"
				}
				check(t, d, owner.Verdict{
					Asked: "asked who has locked " + path + "; the system answered: " + answer,
					Next:  "look at it: ls -l " + path + "; if no hub runs, move it away",
				})
			})
		}
	}
	for what, put := range map[string]func(path string) error{
		"a symbolic link": func(path string) error { return os.Symlink("/tmp", path) },
		"a file":          func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		t.Run("the directory is "+what, func(t *testing.T) {
			d := ownertest.Workspace(t.TempDir())
			must(t, put(d.State))
			check(t, d, owner.Verdict{
				Asked: "bonesdir: state directory is not ours: " + d.State + " is " + what,
				Next:  "look at it: ls -ld " + d.State + "; a directory of this user is needed there, or name another one in BONES_DIR",
			})
		})
	}
}
