package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/hub"
)

// everyPair has each path meet each kind of what a stranger may put there, instead of each
// path one.
var everyPair = flag.Bool("every-pair", false, "a stranger's state directory: all pairs, which takes minutes")

// statePaths are the paths of the state directory that are read or written, those of
// directories with a slash at the end.
var statePaths = []string{
	"agent.id", "workspace_name", ".gitignore", "hub.pid", "hub-fossil-url", "hub-nats-url",
	"hub.lock", "hub.lock.pid", "hub.role", "hub.fossil", "hub.fossil-wal", "hub.fossil-shm", "hub.fossil-journal",
	"last-applied", "coord.marks", "hub.incidents", "hub.incidents.lock", "hub.log", "hub.log.1", "hub.stderr.log", "swarm-events.jsonl",
	"coord/", "coord/jetstream/", "coord/jetstream/$G/", "coord/jetstream/$G/streams/",
	"coord/jetstream/$G/streams/KV_bones-tasks/", "coord/jetstream/$G/streams/KV_bones-tasks/meta.inf",
	"coord/jetstream/$G/streams/KV_bones-tasks/msgs/", "coord/jetstream/$G/streams/KV_bones-tasks/msgs/1.blk",
	"swarm/", "swarm/dispatch.json", "swarm/api/", "swarm/api/leaf.pid", "swarm/api/log", "swarm/api/leaf.fossil",
	"swarm/api/leaf.fossil-wal", "swarm/api/wt/", "swarm/api/wt/.fslckout", "recovery/", "recovery/api-1/",
}

// strangersCommands are run in each workspace, one after the other.
var strangersCommands = [][]string{
	{"status"},
	{"slots"},
	{"activity"},
	{"doctor"},
	{"logs"},
	{"fleet"},
	{"--once"},
	{"hub", "status"},
	{"hub", "start", "--detach"},
	{"status"},
	{"hub", "restart"},
	{"hub", "reseed", "--force"},
	{"hub", "stop", "--force"},
}

// stateTemplate is the state directory of a workspace that had a hub and a slot.
func stateTemplate(t *testing.T) (root string) {
	t.Helper()
	root = newWorkspace(t)
	for _, args := range [][]string{{"hub", "start", "--detach"}, {"hub", "stop", "--force"}} {
		if out, code := runHere(t, root, args...); code != 0 {
			t.Fatalf("%v: %d, %s", args, code, out)
		}
	}
	for name, text := range map[string]string{
		"agent.id": "1d0fd2a5-6a6e-4f0e-8a1d-6a1f0b6d7c11\n", "swarm/api/leaf.pid": "4194305\n", "swarm/api/log": "", "swarm/api/wt/a.txt": "a\n",
		"swarm/dispatch.json": "{}", "recovery/api-1/a.txt": "a\n", "hub.log.1": "", "swarm-events.jsonl": "",
	} {
		file := filepath.Join(root, ".bones", filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// runHere runs one command line in this process and returns all that it printed.
func runHere(t *testing.T, root string, args ...string) (out string, code int) {
	t.Helper()
	var both bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(context.Background(), append(slices.Clone(args), "--root", root), strings.NewReader(""), &both, &both)
	}()
	select {
	case code = <-ended:
		return both.String(), code
	case <-time.After(time.Minute):
		t.Fatalf("bones-tui %s does not end", strings.Join(args, " "))
		return "", 0
	}
}

// ownHome gives the commands that run in this process a home of their own, and lets their
// children be the program.
func ownHome(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		programEnv: "1", "HOME": home, "XDG_STATE_HOME": filepath.Join(home, "state"), "XDG_CONFIG_HOME": filepath.Join(home, "config"),
	} {
		t.Setenv(name, value)
	}
}

// TestSpecialFilesInTheStateDirectory puts what hangs, or never ends, at each path of the
// state directory: every command ends by itself and says something, and no hub is left.
func TestSpecialFilesInTheStateDirectory(t *testing.T) {
	ownHome(t)
	template := stateTemplate(t)
	kinds := map[string]func(file string) error{
		"pipe":   func(file string) error { return unix.Mkfifo(file, 0o600) },
		"socket": makeSocket,
		"sparse": func(file string) error { return errors.Join(os.WriteFile(file, nil, 0o600), os.Truncate(file, 10<<30)) },
		"other":  nil, // a directory in the place of a file, a file in that of a directory
	}
	zero := func(file string) error { return unix.Mknod(file, unix.S_IFCHR|0o600, int(unix.Mkdev(1, 5))) }
	if err := zero(filepath.Join(t.TempDir(), "zero")); err == nil {
		kinds["device"] = zero
	} else {
		t.Logf("SKIPPED, of %d kinds one: no device can be made here: %v", len(kinds)+1, err)
	}
	longest, runs := time.Duration(0), 0
	for k, kind := range slices.Sorted(maps.Keys(kinds)) {
		create := kinds[kind]
		t.Run(kind, func(t *testing.T) {
			for i, p := range statePaths {
				if !*everyPair && i%len(kinds) != k {
					continue
				}
				root := duplicateOf(t, template)
				file := filepath.Join(root, ".bones", filepath.FromSlash(strings.TrimSuffix(p, "/")))
				if err := errors.Join(os.RemoveAll(file), os.MkdirAll(filepath.Dir(file), 0o700)); err != nil {
					t.Fatal(err)
				}
				place := create
				switch {
				case place != nil:
				case strings.HasSuffix(p, "/"):
					place = func(file string) error { return os.WriteFile(file, []byte("x"), 0o600) }
				default:
					place = func(file string) error { return os.MkdirAll(filepath.Join(file, "d"), 0o700) }
				}
				if err := place(file); err != nil {
					t.Fatal(err)
				}
				for _, args := range strangersCommands {
					begin := time.Now()
					out, code := runHere(t, root, args...)
					longest, runs = max(longest, time.Since(begin)), runs+1
					if out == "" && code != 0 || strings.Contains(out, "panic") {
						t.Errorf("%s at %s: %v: code %d, %q", kind, p, args, code, out)
					}
				}
				if pid, ok := hub.IsRunning(root); ok {
					t.Errorf("%s at %s: hub %d is left", kind, p, pid)
				}
			}
		})
	}
	t.Logf("%d commands, the longest took %v", runs, longest)
}

func makeSocket(file string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(filepath.Dir(file)); err != nil { // the name of a socket is short
		return err
	}
	l, err := net.Listen("unix", filepath.Base(file))
	if err == nil {
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		err = l.Close()
	}
	return errors.Join(err, os.Chdir(here))
}

// duplicateOf copies a workspace into a directory of its own.
func duplicateOf(t *testing.T, root string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "w")
	if out, err := exec.Command("cp", "-R", root, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return to
}

// TestLinksInTheStateDirectory has git track a link at each path of the state directory and
// at each of its parents, clones that below a directory with dot files, and looks with the
// kernel's eyes at what is opened, read or changed outside. As it is cloned, and once git has
// let go of the files.
func TestLinksInTheStateDirectory(t *testing.T) {
	ownHome(t)
	n := 0
	for i, p := range append([]string{"./"}, statePaths...) {
		for j, tracked := range []bool{true, false} {
			if !*everyPair && i%2 != j {
				continue
			}
			n++
			t.Run(fmt.Sprintf("%s tracked=%t", strings.ReplaceAll(p, "/", ","), tracked), func(t *testing.T) {
				top := t.TempDir()
				surround(t, top)
				root := cloneWithLink(t, top, p, tracked)
				before := listingOf(t, top)
				w := watchOutside(t, top, root)
				for _, args := range strangersCommands {
					out, code := runHere(t, root, args...)
					if seen := w.events(t); len(seen) > 0 {
						t.Errorf("%v: outside: %q\n%s", args, seen, out)
					}
					if args[0] == "hub" && args[1] == "start" && code == 0 {
						t.Errorf("a hub starts: %s", out)
					}
				}
				w.close()
				if after := listingOf(t, top); after != before {
					t.Errorf("outside was\n%s\nand is\n%s", before, after)
				}
			})
		}
	}
	t.Logf("links at %d paths", n)
}

// surround makes what a stranger would like to have: dot files, a repository, a sibling.
func surround(t *testing.T, top string) {
	t.Helper()
	for _, name := range []string{
		".ssh/id_ed25519", ".config/app/token", ".git/config", ".profile", "sibling/hub.log", "sibling/hub.fossil",
		"sibling/meta.inf", "sibling/log", "sibling/leaf.pid", "sibling/1.blk", "sibling/jetstream/$G/streams/.hidden/x",
	} {
		file := filepath.Join(top, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte("secret\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// cloneWithLink makes top/work, the clone of a repository in which git tracks a link at a
// path of the state directory.
func cloneWithLink(t *testing.T, top, p string, tracked bool) (root string) {
	t.Helper()
	source, root := filepath.Join(t.TempDir(), "source"), filepath.Join(top, "work")
	link := filepath.Join(source, ".bones", filepath.FromSlash(strings.TrimSuffix(p, "/")))
	target := strings.Repeat("../", strings.Count(path.Clean(p), "/")+2) // from the link to top
	switch {
	case p == "./":
		target = "../sibling"
	case p == "coord/jetstream/$G/streams/":
		// the whole of top: JetStream removes what begins with a dot
	case strings.HasSuffix(p, "/"):
		target += "sibling"
	default:
		target += "sibling/hub.log"
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o755), os.Symlink(target, link), os.WriteFile(filepath.Join(source, "a.txt"), []byte("a\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	gitIn(t, source, "init", "-q", "-b", "main")
	gitIn(t, source, "add", "-f", ".")
	gitIn(t, source, "commit", "-q", "-m", "init")
	gitIn(t, top, "clone", "-q", source, root)
	if !tracked {
		gitIn(t, root, "rm", "-r", "-q", "--cached", ".bones")
		gitIn(t, root, "commit", "-q", "-m", "let go")
	}
	return root
}

func gitIn(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v: %s", args, err, out)
	}
}

// listingOf is everything below top but work, with times and contents.
func listingOf(t *testing.T, top string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if p == filepath.Join(top, "work") {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v %d %v\n", p, info.Mode(), info.Size(), info.ModTime())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// outsideWatch tells what happens to the files of a directory.
type outsideWatch struct {
	fd    int
	names map[int32]string
}

// watchOutside has the kernel tell of each file and directory below top, but for work, that
// is opened, read or changed by anybody.
func watchOutside(t *testing.T, top, work string) *outsideWatch {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	w := &outsideWatch{fd, map[int32]string{}}
	t.Cleanup(w.close)
	err = filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case p == work:
			return fs.SkipDir
		case p == top: // work is below it
			return nil
		}
		wd, err := unix.InotifyAddWatch(fd, p, unix.IN_ALL_EVENTS)
		w.names[int32(wd)] = p
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.events(t) // those of the walk
	return w
}

// events returns what has happened since the last call.
func (w *outsideWatch) events(t *testing.T) (seen []string) {
	t.Helper()
	buf := make([]byte, 1<<16)
	for {
		n, err := unix.Read(w.fd, buf)
		if errors.Is(err, unix.EAGAIN) || n <= 0 {
			return seen
		}
		for at := 0; at < n; {
			wd := int32(buf[at]) | int32(buf[at+1])<<8 | int32(buf[at+2])<<16 | int32(buf[at+3])<<24
			mask := uint32(buf[at+4]) | uint32(buf[at+5])<<8 | uint32(buf[at+6])<<16 | uint32(buf[at+7])<<24
			length := int(buf[at+12]) | int(buf[at+13])<<8
			seen = append(seen, fmt.Sprintf("%s %#x", w.names[wd], mask))
			at += unix.SizeofInotifyEvent + length
		}
	}
}

func (w *outsideWatch) close() {
	if w.fd >= 0 {
		_ = unix.Close(w.fd)
		w.fd = -1
	}
}
