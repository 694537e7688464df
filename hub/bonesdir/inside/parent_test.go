package inside_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub/bonesdir/inside"
)

func TestParentsAreOpenedAndMade(t *testing.T) {
	dir, _ := tree(t)
	if _, _, err := inside.Parent(dir, filepath.Join(dir, "none", "f"), false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	for _, path := range []string{"f", "a/b/f", "new/er/f"} {
		parent, name, err := inside.Parent(dir, filepath.Join(dir, path), true)
		if err != nil || name != "f" {
			t.Fatalf("%s: %q, %v", path, name, err)
		}
		if err := errors.Join(parent.WriteFile(name, []byte(path), 0o600), parent.Close()); err != nil {
			t.Error(err)
		}
		if text, err := inside.ReadFile(dir, filepath.Join(dir, path), 100); err != nil || string(text) != path {
			t.Errorf("%s: %q, %v", path, text, err)
		}
	}
}

func TestParentsAreNotReachedThroughLinks(t *testing.T) {
	dir, secrets := tree(t)
	for target, name := range map[string]string{secrets: "out", "a": "within", "../secrets": "up"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{name + "/b", name + "/b/f"} {
			if _, _, err := inside.Parent(dir, filepath.Join(dir, path), true); !errors.Is(err, inside.ErrRefused) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if _, _, err := inside.Parent(filepath.Join(dir, name), filepath.Join(dir, name, "f"), false); !errors.Is(err, inside.ErrRefused) {
			t.Errorf("%s itself: %v", name, err)
		}
	}
	if _, _, err := inside.Parent(dir, filepath.Join(dir, "a", "b", "file", "f"), true); !errors.Is(err, inside.ErrRefused) {
		t.Errorf("below a file: %v", err)
	}
	for _, path := range []string{dir, secrets, filepath.Join(dir, "..", "f")} {
		if _, _, err := inside.Parent(dir, path, false); err == nil {
			t.Errorf("%s is taken to lie in %s", path, dir)
		}
	}
	if left, err := os.ReadDir(secrets); err != nil || len(left) != 1 {
		t.Errorf("made outside: %v, %v", left, err)
	}
}
