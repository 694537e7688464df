//go:build unix

package reference_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

// newWorkspace makes a git repository with one commit and no hub, in which a hub has
// left a repository and two slots.
func newWorkspace(tb testing.TB) bonesdir.Dir {
	tb.Helper()
	d := bonesdir.At(filepath.Join(tb.TempDir(), "app"))
	write(tb, d.Root, "README.md", "# demo\n", 0o644)
	write(tb, d.Root, "a dir/run.sh", "#!/bin/sh\n", 0o755)
	write(tb, d.Root, "grüße.txt", "hallo\n", 0o644)
	if err := os.Symlink("README.md", filepath.Join(d.Root, "link")); err != nil {
		tb.Fatal(err)
	}
	runGit(tb, d.Root, "init", "-q", "-b", "main")
	runGit(tb, d.Root, "add", "-A")
	runGit(tb, d.Root, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "init")
	for name, content := range map[string]string{
		"hub.fossil": "work of agents", "hub.fossil-wal": "wal", "hub.fossil-shm": "shm",
		"swarm/ended/leaf.pid": fmt.Sprintln(deadPID(tb)), "swarm/ended/wt/work.txt": "work\n",
		"swarm/alive/leaf.pid": fmt.Sprintln(os.Getpid()), "swarm/alive/wt/work.txt": "work\n",
		"swarm/unknown/wt/work.txt": "work\n", "swarm/odd/leaf.pid": "no number\n",
		"coord/jetstream/x": "messages", "pids/old": "1\n",
	} {
		write(tb, d.State, name, content, 0o644)
	}
	write(tb, d.Root, ".fslckout", "x", 0o644)
	write(tb, d.Root, ".fossil-settings/y", "x", 0o644)
	return d
}

func write(tb testing.TB, root, name, content string, mode os.FileMode) {
	tb.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		tb.Fatal(err)
	}
}

func runGit(tb testing.TB, root string, args ...string) {
	tb.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// content returns every file below root but those of git, with times and contents.
func content(tb testing.TB, root string) map[string]string {
	tb.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.Name() == ".git" {
			return fs.SkipDir
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		text := ""
		if info.Mode().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(b)
		}
		all[path] = fmt.Sprint(info.Mode(), info.ModTime().UnixNano(), text)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

// deadPID is that of a process that has ended and was waited for.
func deadPID(tb testing.TB) int {
	tb.Helper()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		tb.Fatal(err)
	}
	return cmd.Process.Pid
}

// livePID is that of another process, which lives until the test ends or somebody ends
// it; ended is closed then.
func livePID(tb testing.TB, script string) (pid int, ended <-chan struct{}) {
	tb.Helper()
	cmd := exec.Command("sh", "-c", script+"\necho; while :; do sleep 0.1; done")
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil { // the script was run
		tb.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	tb.Cleanup(func() { _ = cmd.Process.Kill(); <-done })
	return cmd.Process.Pid, done
}

// holdLock takes the kernel's lock on hub.lock, as another holder would.
func holdLock(tb testing.TB, d bonesdir.Dir) (release func()) {
	tb.Helper()
	f, err := os.OpenFile(d.LockFile(), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		tb.Fatal(err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		tb.Fatal(err)
	}
	return func() { _ = f.Close() }
}

// lockFree reports whether nobody holds the kernel's lock.
func lockFree(tb testing.TB, d bonesdir.Dir) bool {
	tb.Helper()
	f, err := os.OpenFile(d.LockFile(), os.O_RDWR, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil
}

func within(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			tb.Fatalf("not %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// trunk returns the repository's project code, the files of trunk and its comment.
func trunk(tb testing.TB, d bonesdir.Dir) (code, comment string, files map[string]fossil.Perm) {
	tb.Helper()
	repo, err := fossil.Open(tb.Context(), d.Fossil(), fossil.ReadOnly)
	if err != nil {
		tb.Fatal(err)
	}
	defer repo.Close()
	ci, err := repo.Tip(tb.Context(), fossil.Trunk)
	if err != nil {
		tb.Fatal(err)
	}
	list, err := repo.Files(tb.Context(), ci.UUID)
	if err != nil {
		tb.Fatal(err)
	}
	files = map[string]fossil.Perm{}
	for _, f := range list {
		files[f.Name] = f.Perm
	}
	return repo.ProjectCode(), ci.Comment, files
}
