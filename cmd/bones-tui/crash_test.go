package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestOldCrashReportsGo(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	for _, f := range []struct {
		name, text string
		age        time.Duration
	}{
		{"crash-1.txt", "panic", reportsKept + time.Hour},
		{"crash-2.txt", "panic", reportsKept - time.Hour},
		{"crash-3.txt", "", reportsKept + time.Hour}, // of a dashboard that runs
		{"history.txt", "l", reportsKept + time.Hour},
	} {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-f.age)); err != nil {
			t.Fatal(err)
		}
	}
	removeOldReports(dir, now)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if want := []string{"crash-2.txt", "crash-3.txt", "history.txt"}; !slices.Equal(left, want) {
		t.Errorf("left %q, want %q", left, want)
	}
}

// Pids come again, and a report tells of one death only.
func TestCrashReportOfAReusedPIDIsKept(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"crash-7.txt", "crash-7-2.txt", "crash-7-3.txt"} {
		path := unusedReport(dir, 7)
		if filepath.Base(path) != want {
			t.Fatalf("the report goes to %s, want %s", path, want)
		}
		if err := os.WriteFile(path, []byte("panic"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
