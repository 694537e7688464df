package logview_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bones-tui/logview"
)

func TestFollowAcrossRotation(t *testing.T) {
	for name, o := range map[string]logview.Options{"events": {}, "polling": {Poll: 5 * time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			d := newDir(t)
			l := d.open(o)
			v := view(t, l, "")
			if s := v.Snapshot(); s.Problem != "waiting for hub.log" {
				t.Errorf("problem %q", s.Problem)
			}
			n := int64(0)
			for i := range 30 {
				d.add(line("INFO", fmt.Sprint(i)))
				n++
				if i%7 == 6 {
					d.add(line("INFO", fmt.Sprint("last of ", i)))
					n++
					d.rotate(5)
				}
				settled(t, v, matches(n))
			}
			if got := all(t, v); int64(len(got)) != n {
				t.Errorf("%d rows of %d: %q", len(got), n, got)
			}
		})
	}
}

func TestTornLineWaits(t *testing.T) {
	d := newDir(t)
	d.add(line("INFO", "a") + `{"ts":"2026-03-02T08:00:00Z","level":"IN`)
	l := d.open(logview.Options{})
	v := view(t, l, "")
	equal(t, all(t, v), "a", `partial: {"ts":"2026-03-02T08:00:00Z","level":"IN`)
	settled(t, v, matches(2))
	d.add(`FO","event":"lifecycle","msg":"b"}` + "\n")
	settled(t, v, func(logview.Snapshot) bool {
		p, err := v.Head(t.Context(), 2)
		return err == nil && texts(p)[1] == "b"
	})
	equal(t, all(t, v), "a", "b")
	d.add("torn")
	settled(t, v, matches(3))
	equal(t, all(t, v), "a", "b", "partial: torn")
}

func TestTruncationIsNoticed(t *testing.T) {
	d := newDir(t)
	d.write("", line("INFO", "a")+line("INFO", "b")+line("INFO", "lost"))
	l := d.open(logview.Options{})
	v := view(t, l, "")
	settled(t, v, matches(3))
	d.write("", line("INFO", "c"))
	settled(t, v, matches(2))
	equal(t, all(t, v), "gap: hub.log was truncated; the lines before are gone", "c")
	d.write("", line("INFO", "longer than before")+line("INFO", "e"))
	settled(t, v, matches(3))
	equal(t, all(t, v), "gap: hub.log was truncated; the lines before are gone", "longer than before", "e")
}

func TestDeletedFileStaysReadable(t *testing.T) {
	d := newDir(t)
	d.write("", line("INFO", "a"))
	l := d.open(logview.Options{})
	v := view(t, l, "")
	settled(t, v, matches(1))
	if err := os.Remove(d.path); err != nil {
		t.Fatal(err)
	}
	settled(t, v, func(s logview.Snapshot) bool { return s.Problem == "waiting for hub.log" })
	d.add(line("INFO", "b"))
	settled(t, v, matches(2))
	equal(t, all(t, v), "a", "b")
}

func TestDirectoryThatAppearsLater(t *testing.T) {
	d := newDir(t)
	d.path = filepath.Join(filepath.Dir(d.path), "later", "hub.log")
	l := d.open(logview.Options{})
	v := view(t, l, "")
	if err := os.Mkdir(filepath.Dir(d.path), 0o700); err != nil {
		t.Fatal(err)
	}
	d.add(line("INFO", "a"))
	settled(t, v, matches(1))
	d.add(line("INFO", "b"))
	settled(t, v, matches(2))
}
