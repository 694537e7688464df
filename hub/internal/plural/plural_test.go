package plural_test

import (
	"testing"

	"bones-tui/hub/internal/plural"
)

func TestOf(t *testing.T) {
	for want, c := range map[string]struct {
		n    int
		noun string
	}{"1 copy": {1, "copy"}, "4 copies": {4, "copy"}, "0 keys": {0, "key"}, "2 saved worktrees": {2, "saved worktree"}} {
		if got := plural.Of(c.n, c.noun); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
