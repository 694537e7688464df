package main

import (
	"strings"
	"testing"

	"bones-tui/cmd/bones-tui/internal/termtest"
)

// TestHelpAsksTheTerminalNothing looks at what goes to a terminal: no query for its colours,
// whose answer would be waited for where there is none.
func TestHelpAsksTheTerminalNothing(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"hub", "stop", "--help"}, {"help", "logs"}, {"--version"}, {"--wrong"}} {
		term := termtest.Start(t, program(t, t.TempDir(), args...), 80, 24)
		term.Exit()
		out := string(term.Output())
		if out == "" {
			t.Errorf("%q prints nothing", args)
		}
		for _, query := range []string{"\x1b]1", "\x1b[c", "\x1b[6n", "\x1b[?"} {
			if strings.Contains(out, query) {
				t.Errorf("%q sends the query %q", args, query)
			}
		}
	}
}
