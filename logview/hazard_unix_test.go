//go:build unix

package logview_test

import (
	"os"
	"syscall"
	"testing"

	"bones-tui/logview"
)

func TestNamedPipeDoesNotBlock(t *testing.T) {
	d := newDir(t)
	for _, path := range []string{d.path, d.path + ".1"} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip("no named pipes here: ", err)
		}
	}
	v := view(t, d.open(logview.Options{}), "")
	settled(t, v, func(s logview.Snapshot) bool { return s.Problem == "hub.log is a named pipe" })
	for _, path := range []string{d.path, d.path + ".1"} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	d.add(line("INFO", "a log at last"))
	settled(t, v, matches(1))
	equal(t, all(t, v), "a log at last")
}
