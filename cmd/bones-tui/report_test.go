package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"charm.land/fang/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/hub"
	"bones-tui/slots"
)

// Names of slots and words of other processes come from outside.
func TestErrorsReachTheTerminalSanitised(t *testing.T) {
	t.Parallel()
	const evil = "a\x1b]52;c;aGk=\ab\u202ec"
	for _, err := range []error{
		&hub.ActiveSlotsError{Slots: []slots.Slot{{Name: evil}}},
		&hub.StartError{Step: "detached process", Log: "one\n" + evil + "\ntwo", Err: errors.New(evil)},
		errors.Join(errors.New("first"), errors.New(evil)),
	} {
		var out bytes.Buffer
		report(&out, fang.Styles{}, err)
		if strings.ContainsAny(out.String(), "\x1b\a\u202e") || !strings.Contains(out.String(), "^[]52;") {
			t.Errorf("%q", out.String())
		}
		if strings.Contains(out.String(), "^J") {
			t.Errorf("lines are lost: %q", out.String())
		}
	}
}

// A path with a line end in it cannot say a line of its own.
func TestNamesCannotForgeALine(t *testing.T) {
	t.Parallel()
	const path, forged = "/w\nbones-tui: hub of /x stopped\x1b[1A", "\nbones-tui: "
	var out bytes.Buffer
	say(&out, "hub of %s is ready: fossil %s", path, "http://127.0.0.1:1")
	report(&out, fang.Styles{}, &os.PathError{Op: "open", Path: path, Err: os.ErrNotExist})
	if got := out.String(); strings.Count("\n"+got, forged) != 2 || strings.Contains(got, "\x1b") {
		t.Errorf("two lines come out as %q", got)
	}
}

// One entry of others is one line of a table, and not a long one.
func TestCellsAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\u202ex\n", 1<<18)
	for _, cell := range entryCells(slots.Entry{At: time.Now(), Task: long, Slot: long, Text: long, What: long}) {
		if n := ansi.StringWidth(cell); n > maxCell || strings.ContainsAny(cell, "\n\u202e") {
			t.Errorf("a cell has %d columns: %.100q", n, cell)
		}
	}
}

// Years beyond 9999 and before 1 must not leave nothing of an object.
func TestTimesOfOthersFitJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"9999-12-31T23:59:59.9-12:00", "0000-01-01T00:00:00+12:00", "1970-01-01T00:00:00Z"} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		s := newSlotForm(slots.Slot{Name: "a", Started: at, Renewed: at, Ended: at, ClosedAt: at, LastEventAt: at}, slots.Active, time.Now(), "")
		if err := printJSON(io.Discard, s); err != nil {
			t.Errorf("a slot with %s: %v", text, err)
		}
	}
}
