package bonesdir_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub/bonesdir"
)

// created returns the state directory of a new workspace.
func created(tb testing.TB) bonesdir.Dir {
	tb.Helper()
	d := bonesdir.AtDefault(tb.TempDir())
	if err := d.Create(); err != nil {
		tb.Fatal(err)
	}
	return d
}

func mode(tb testing.TB, path string) fs.FileMode {
	tb.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestPaths(t *testing.T) {
	d := bonesdir.Dir{Root: "/w", State: "/s"}
	for got, want := range map[string]string{
		d.PIDFile(): "/s/hub.pid", d.FossilURLFile(): "/s/hub-fossil-url", d.NATSURLFile(): "/s/hub-nats-url",
		d.LockFile(): "/s/hub.lock", d.LockPIDFile(): "/s/hub.lock.pid", d.Fossil(): "/s/hub.fossil",
		d.Coord(): "/s/coord", d.Log(): "/s/hub.log", d.StderrLog(): "/s/hub.stderr.log", d.Swarm(): "/s/swarm",
		d.Slot("a"): "/s/swarm/a", d.Recovery(): "/s/recovery", d.LastApplied(): "/s/last-applied",
		d.Incidents(): "/s/hub.incidents", d.IncidentsLock(): "/s/hub.incidents.lock",
		d.CoordMarks(): "/s/coord.marks", d.SwarmEvents(): "/w/.bones/swarm-events.jsonl",
	} {
		if got != filepath.FromSlash(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestName(t *testing.T) {
	d := created(t)
	if got := d.Name(); got != filepath.Base(d.Root) {
		t.Errorf("without a file: %q", got)
	}
	file := filepath.Join(d.State, "workspace_name")
	for text, want := range map[string]string{" My team \n": "My team", " \n": filepath.Base(d.Root)} {
		put(t, file, text)
		if got := d.Name(); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestCreateMakesAPrivateDirectoryThatIgnoresItself(t *testing.T) {
	d := created(t)
	if got := mode(t, d.State); got != 0o700 {
		t.Errorf("mode is %v", got)
	}
	if text, err := os.ReadFile(filepath.Join(d.State, ".gitignore")); err != nil || string(text) != "*\n" {
		t.Errorf("ignores %q, %v", text, err)
	}
}

func TestCreateFixesTheModeAndKeepsTheRest(t *testing.T) {
	d := created(t)
	put(t, filepath.Join(d.State, ".gitignore"), "mine\n")
	put(t, d.PIDFile(), "7\n")
	if err := os.Chmod(d.State, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	if got := mode(t, d.State); got != 0o700 {
		t.Errorf("mode is %v", got)
	}
	for file, want := range map[string]string{filepath.Join(d.State, ".gitignore"): "mine\n", d.PIDFile(): "7\n"} {
		if text, err := os.ReadFile(file); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", file, text, err)
		}
	}
}

func TestCreateLeavesAMovedDirectoryAsItIs(t *testing.T) {
	d := bonesdir.Dir{Root: t.TempDir(), State: filepath.Join(t.TempDir(), "a", "b")}
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	ignore := filepath.Join(d.State, ".gitignore")
	if _, err := os.Stat(ignore); err != nil || mode(t, d.State) != 0o700 {
		t.Errorf("made by us: %v, %v", err, mode(t, d.State))
	}
	if err := errors.Join(os.Remove(ignore), os.Chmod(d.State, 0o755), d.Create()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ignore); !errors.Is(err, fs.ErrNotExist) || mode(t, d.State) != 0o755 {
		t.Errorf("there already: %v, %v", err, mode(t, d.State))
	}
	if err := os.Chmod(d.State, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := d.Create(); !errors.Is(err, bonesdir.ErrUntrusted) {
		t.Errorf("others can write: %v", err)
	}
}

func TestCreateNeedsTheRoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "gone")
	if err := bonesdir.AtDefault(root).Create(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	put(t, root, "")
	if err := bonesdir.AtDefault(root).Create(); err == nil {
		t.Error("a file will do as root")
	}
}

func TestCreateRefusesWhatIsNoDirectory(t *testing.T) {
	for name, make := range map[string]func(path, target string) error{
		"link":          func(path, target string) error { return os.Symlink(target, path) },
		"dangling link": func(path, target string) error { return os.Symlink(target+"/no", path) },
		"file":          func(path, _ string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			d, target := bonesdir.AtDefault(t.TempDir()), t.TempDir()
			if err := make(d.State, target); err != nil {
				t.Skip(err)
			}
			if err := d.Create(); !errors.Is(err, bonesdir.ErrUntrusted) {
				t.Errorf("error is %v", err)
			}
			if left, err := os.ReadDir(target); err != nil || len(left) > 0 {
				t.Errorf("something was written through it: %v, %v", left, err)
			}
		})
	}
}

func TestVerifyChangesNothing(t *testing.T) {
	d := bonesdir.AtDefault(t.TempDir())
	if err := d.Verify(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if err := os.Mkdir(d.State, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(); err != nil || mode(t, d.State) != 0o755 {
		t.Errorf("there: %v, %v", err, mode(t, d.State))
	}
}
