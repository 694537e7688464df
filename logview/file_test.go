package logview_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"bones-tui/logview"
)

func TestWhatIsNoLogIsAStateNotAnError(t *testing.T) {
	d := newDir(t)
	mkdir := func() {
		if err := os.Mkdir(d.path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		make    func()
		problem string
	}{
		"missing":   {func() {}, "waiting for hub.log"},
		"directory": {mkdir, "hub.log is a directory"},
		"empty":     {func() { d.write("", "") }, ""},
		"loop":      {func() { _ = os.Symlink("hub.log", d.path) }, "cannot read hub.log: "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_ = os.RemoveAll(d.path)
			tt.make()
			l := d.open(logview.Options{})
			v := view(t, l, "")
			s := settled(t, v, matches(0))
			if !strings.HasPrefix(s.Problem, tt.problem) || tt.problem == "" && s.Problem != "" {
				t.Errorf("problem %q, want %q", s.Problem, tt.problem)
			}
			p, err := v.Tail(t.Context(), 5)
			if err != nil || len(p.Rows) != 0 || !p.AtStart || !p.AtEnd {
				t.Errorf("%+v, %v", p, err)
			}
			_ = os.RemoveAll(d.path)
			d.write("", line("INFO", "at last"))
			settled(t, v, matches(1))
		})
	}
}

func TestUnreadableFileIsNamed(t *testing.T) {
	if os.Getuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("the superuser may read everything")
	}
	d := newDir(t)
	d.write("", line("INFO", "secret"))
	if err := os.Chmod(d.path, 0); err != nil {
		t.Fatal(err)
	}
	v := view(t, d.open(logview.Options{}), "")
	settled(t, v, func(s logview.Snapshot) bool { return s.Problem == "permission denied: hub.log" })
}

func TestRotationByCopyShowsNothingTwice(t *testing.T) {
	d := newDir(t)
	var b strings.Builder
	for i := range 20 {
		b.WriteString(line("INFO", fmt.Sprint("old ", i)))
	}
	d.write("", b.String())
	l := d.open(logview.Options{})
	v := view(t, l, "")
	settled(t, v, matches(20))
	d.write(".1", b.String())
	d.add(line("INFO", "one more"))
	settled(t, v, matches(21))
	if err := os.Truncate(d.path, 0); err != nil {
		t.Fatal(err)
	}
	d.add(line("INFO", "new"))
	settled(t, v, matches(22)) // a notice stands for the line that was not copied
	got := all(t, v)
	if got[0] != "old 0" || got[19] != "old 19" || got[21] != "new" {
		t.Errorf("%q", got)
	}
}

func TestLateTextInABackupIsShown(t *testing.T) {
	d := newDir(t)
	d.write("", line("INFO", "a"))
	old, err := os.OpenFile(d.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	v := view(t, d.open(logview.Options{}), "")
	settled(t, v, matches(1))
	d.rotate(5)
	d.add(line("INFO", "b"))
	settled(t, v, matches(2))
	if _, err := old.WriteString(trace); err != nil {
		t.Fatal(err)
	}
	settled(t, v, matches(3))
	equal(t, all(t, v), "a", "panic: assert: boom +5", "b")
	p, err := v.Head(t.Context(), 2)
	if err != nil || p.Rows[1].File != "hub.log.1" {
		t.Errorf("the panic is in %q, %v", p.Rows[1].File, err)
	}
}

func TestSparseHoleAfterTruncationUnderAnOldWriter(t *testing.T) {
	d := newDir(t)
	f, err := os.Create(d.path) // not for appending
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(strings.Repeat(line("INFO", "old"), 40_000)); err != nil {
		t.Fatal(err)
	}
	v := view(t, d.open(logview.Options{}), "")
	settled(t, v, matches(40_000))
	if err := f.Truncate(0); err != nil {
		t.Fatal(err)
	}
	settled(t, v, matches(1)) // the notice
	if _, err := f.WriteString(line("WARN", "after the hole") + line("INFO", "next")); err != nil {
		t.Fatal(err)
	}
	settled(t, v, matches(3))
	equal(t, all(t, v), "gap: hub.log was truncated; the lines before are gone", "after the hole", "next")
}

func TestViewsOfAClosedLogEnd(t *testing.T) {
	d := newDir(t)
	d.write("", line("INFO", "a"))
	l, err := logview.Open(d.path, logview.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := l.View(nil)
	seen := settled(t, v, matches(1)).Version
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for err == nil && time.Now().Before(deadline) {
		var s logview.Snapshot
		s, err = v.Next(t.Context(), seen)
		seen = max(seen, s.Version)
	}
	if err == nil {
		t.Error("the view of a closed log goes on")
	}
	if p, err := v.Tail(t.Context(), 5); err != nil || len(p.Rows) != 0 {
		t.Errorf("%v, %v", p, err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
}
