package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"charm.land/fang/v2"

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
