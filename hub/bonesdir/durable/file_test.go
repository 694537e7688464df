package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"bones-tui/hub/bonesdir/durable"
)

func TestWriteFileReplacesContentAndMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for text, perm := range map[string]fs.FileMode{"one": 0o600, "two two": 0o644, "": 0o640} {
		if err := durable.WriteFile(path, []byte(text), perm); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		info, serr := os.Stat(path)
		if err != nil || serr != nil || string(got) != text || info.Mode().Perm() != perm {
			t.Errorf("got %q, %v, %v, %v", got, info.Mode(), err, serr)
		}
	}
}

func TestWriteFileKeepsTheOldFileWhenItFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "d")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := durable.WriteFile(path, nil, 0o600); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("over a directory: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := durable.WriteFile(filepath.Join(dir, "no", "f"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("in a missing directory: %v", err)
	}
}

func TestWriteFileIsNeverSeenHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	texts := [2]string{strings.Repeat("a", 100_000), strings.Repeat("b", 50_000)}
	if err := durable.WriteFile(path, []byte(texts[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 50 {
			if err := durable.WriteFile(path, []byte(texts[i%2]), 0o600); err != nil {
				t.Error(err)
			}
		}
	})
	for range 200 {
		if got, err := os.ReadFile(path); err != nil || string(got) != texts[0] && string(got) != texts[1] {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
	}
	wg.Wait()
}
