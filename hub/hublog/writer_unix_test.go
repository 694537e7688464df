//go:build unix

package hublog_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub/hublog"
	"bones-tui/hub/internal/disktest"
)

func TestLogCountsLinesLostToAFullDisk(t *testing.T) { disktest.Run(t, loseLines) }

func loseLines(t *testing.T, limit func(uint64) func()) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.log")
	w := open(t, path)
	lift := limit(uint64(2*lineLen + 36)) // two lines and a part of one
	for i := range 5 {
		err := w.Log(hublog.Entry{Level: hublog.LevelInfo, Event: hublog.EventLifecycle, Msg: fmt.Sprintf("%02d", i)})
		if (err == nil) != (i < 2) {
			t.Errorf("line %d: %v", i, err)
		}
	}
	lift()
	w.Lifecycle(hublog.LevelInfo, "05")
	w.Lifecycle(hublog.LevelInfo, "06")

	got := messages(t, path)
	want := []string{
		"00", "01", `{"ts":"2026-03-02T07:16:02Z","level"`,
		"hub: 3 log lines were dropped (hublog: write line: write " + path + ": file too large)", "05", "06",
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if w.Dropped() != 3 {
		t.Errorf("dropped %d", w.Dropped())
	}
}

// A log whose directory is moved away, or removed, must not go on in what takes its place.
func TestWriterStaysInItsDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	path := filepath.Join(dir, "hub.log")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := hublog.Open(path, hublog.LevelDebug, hublog.WithRotation(200, 2))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	if err := errors.Join(os.Rename(dir, dir+".moved"), os.Mkdir(dir, 0o700), os.WriteFile(path, []byte("other\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		w.Lifecycle(hublog.LevelInfo, "line")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "other\n" {
		t.Errorf("the other log holds %q, %v", text, err)
	}
	for dir, want := range map[string]int{dir: 1, dir + ".moved": 3} {
		if files, err := os.ReadDir(dir); err != nil || len(files) != want {
			t.Errorf("%s holds %v, %v", dir, files, err)
		}
	}
	w.Stay()
	if err := os.Remove(filepath.Join(dir+".moved", "hub.log")); err != nil {
		t.Fatal(err)
	}
	w.Lifecycle(hublog.LevelInfo, "line")
	if _, err := os.Stat(filepath.Join(dir+".moved", "hub.log")); err == nil {
		t.Error("it made a file anew")
	}
	if n := w.Dropped(); n != 0 {
		t.Errorf("%d lines dropped", n)
	}
}
