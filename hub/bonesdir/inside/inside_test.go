package inside_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/bonesdir/inside"
)

// tree makes dir/a/b/file and a directory with a secret beside dir.
func tree(tb testing.TB) (dir, secrets string) {
	tb.Helper()
	top := tb.TempDir()
	dir, secrets = filepath.Join(top, "dir"), filepath.Join(top, "secrets")
	err := errors.Join(os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700), os.Mkdir(secrets, 0o700),
		os.WriteFile(filepath.Join(dir, "a", "b", "file"), []byte("text"), 0o600),
		os.WriteFile(filepath.Join(secrets, "file"), []byte("secret"), 0o600))
	if err != nil {
		tb.Fatal(err)
	}
	return dir, secrets
}

func TestOrdinaryFilesAreOpened(t *testing.T) {
	dir, _ := tree(t)
	file := filepath.Join(dir, "a", "b", "file")
	if b, err := inside.ReadFile(dir, file, 4); err != nil || string(b) != "text" {
		t.Errorf("%q, %v", b, err)
	}
	f, err := inside.OpenAppend(dir, filepath.Join(dir, "a", "new"), 0o640)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	entries, err := inside.ReadDir(dir, filepath.Join(dir, "a"))
	if err != nil || len(entries) != 2 || entries[0].Name() != "b" || entries[1].Name() != "new" {
		t.Errorf("%v, %v", entries, err)
	}
	if _, err := inside.Stat(dir, dir, inside.Directory); err != nil {
		t.Errorf("the directory itself: %v", err)
	}
}

func TestWhatIsMissingIsMissing(t *testing.T) {
	dir, _ := tree(t)
	for _, name := range []string{"none", "a/none", "none/none", "a/b/none"} {
		path := filepath.Join(dir, name)
		if _, err := inside.Open(dir, path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := inside.Stat(dir, path, inside.Either); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadFileIsBounded(t *testing.T) {
	dir, _ := tree(t)
	_, err := inside.ReadFile(dir, filepath.Join(dir, "a", "b", "file"), 3)
	if !errors.Is(err, inside.ErrRefused) || !strings.Contains(err.Error(), "is larger than 3 bytes") {
		t.Error(err)
	}
}

// TestLinksAreNotFollowed puts a link at each component, to what is outside, inside and missing.
func TestLinksAreNotFollowed(t *testing.T) {
	for _, at := range []string{"", "a", "a/b", "a/b/file"} {
		for _, to := range []string{"outside", "inside", "nothing"} {
			t.Run(at+" to "+to, func(t *testing.T) {
				dir, secrets := tree(t)
				link := filepath.Join(dir, at)
				target := filepath.Join(dir, "..", "nothing")
				switch to {
				case "outside":
					target = secrets
					if at == "a/b/file" {
						target = filepath.Join(secrets, "file")
					}
				case "inside":
					target = link + ".moved"
				}
				if err := errors.Join(os.Rename(link, link+".moved"), os.Symlink(target, link)); err != nil {
					t.Fatal(err)
				}
				refuses(t, dir, filepath.Join(dir, "a", "b", "file"), link+" is a symbolic link")
			})
		}
	}
}

// refuses tries each way of opening a file.
func refuses(t *testing.T, dir, path, want string) {
	t.Helper()
	_, errStat := inside.Stat(dir, path, inside.File)
	f, errOpen := inside.Open(dir, path)
	_, errRead := inside.ReadFile(dir, path, 100)
	_, errAppend := inside.OpenAppend(dir, path, 0o600)
	_, errCreate := inside.OpenFile(dir, path, os.O_CREATE|os.O_RDWR, 0o600)
	for way, err := range map[string]error{"stat": errStat, "open": errOpen, "read": errRead, "append": errAppend, "create": errCreate} {
		var r *inside.Refusal
		if !errors.As(err, &r) || !errors.Is(err, inside.ErrRefused) || err.Error() != want {
			t.Errorf("%s: %v (%v), want %q", way, err, f, want)
		}
	}
}

func TestNothingLeavesTheDirectory(t *testing.T) {
	dir, secrets := tree(t)
	for _, path := range []string{filepath.Join(secrets, "file"), filepath.Dir(dir), dir + "/../secrets/file", "file", ""} {
		if f, err := inside.Open(dir, path); err == nil || f != nil {
			t.Errorf("%q is opened", path)
		}
	}
}

func TestKinds(t *testing.T) {
	dir, _ := tree(t)
	refuses(t, dir, filepath.Join(dir, "a"), filepath.Join(dir, "a")+" is a directory, not a file")
	refuses(t, dir, filepath.Join(dir, "a", "b", "file", "more"), filepath.Join(dir, "a", "b", "file")+" is a file, not a directory")
	if _, err := inside.ReadDir(dir, filepath.Join(dir, "a", "b", "file")); !errors.Is(err, inside.ErrRefused) {
		t.Error(err)
	}
}
