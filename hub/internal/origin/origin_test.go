package origin_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/origin"
)

// workspace returns a state directory.
func workspace(t *testing.T) bonesdir.Dir {
	t.Helper()
	d := bonesdir.AtDefault(t.TempDir())
	if err := d.Create(); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatIsSignedIsKnown(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	d := workspace(t)
	if codes, made := origin.Projects(d); made || len(codes) > 0 {
		t.Errorf("unsigned: %v, %t", codes, made)
	}
	for _, sign := range [][]string{{}, {"a"}, {"a"}, {"b"}} {
		if err := origin.Sign(d, sign...); err != nil {
			t.Fatal(err)
		}
		codes, made := origin.Projects(d)
		if !made || len(sign) > 0 && !slices.Contains(codes, sign[0]) {
			t.Errorf("signed %v: %v, %t", sign, codes, made)
		}
	}
	if codes, _ := origin.Projects(d); !slices.Equal(codes, []string{"a", "b"}) {
		t.Errorf("at last %v", codes)
	}
}

func TestMarksAreBounded(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	d := workspace(t)
	for i := range 200 {
		if err := origin.Sign(d, string(rune('a'+i%26))+string(rune('0'+i/26))); err != nil {
			t.Fatal(err)
		}
	}
	if codes, made := origin.Projects(d); !made || len(codes) > 64 || codes[len(codes)-1] != "r7" {
		t.Errorf("%d codes, %t", len(codes), made)
	}
}

// Somebody who opens all workspaces at once for the first time has one key in the end, and
// none of the signatures is void.
func TestManyFirstSignaturesAtOnce(t *testing.T) {
	for range 20 {
		t.Setenv("XDG_STATE_HOME", t.TempDir())
		dirs := make([]bonesdir.Dir, 16)
		var all sync.WaitGroup
		for i := range dirs {
			dirs[i] = workspace(t)
		}
		for _, d := range dirs {
			all.Go(func() {
				if err := origin.Sign(d, "x"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, d := range dirs {
			if _, made := origin.Projects(d); !made {
				t.Error("a signature is void")
			}
		}
	}
}

// A key that is a link, or empty, signs nothing; it is not replaced either.
func TestAStrangeKeyIsToldOf(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"empty": func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"link":  func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		t.Run(name, func(t *testing.T) {
			state := t.TempDir()
			t.Setenv("XDG_STATE_HOME", state)
			path := filepath.Join(state, "bones-tui", "origin.key")
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			d := workspace(t)
			if err := origin.Sign(d, "x"); err == nil {
				t.Error("it signs")
			}
			if _, made := origin.Projects(d); made {
				t.Error("it is believed")
			}
		})
	}
}
