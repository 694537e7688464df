package main

import (
	"strings"
	"testing"
)

func TestColumnsNeverGetNarrower(t *testing.T) {
	var b strings.Builder
	tab := newTable(&b)
	tab.row("a long name", "x")
	tab.print()
	tab.row("short", "y")
	tab.print()
	tab.print()
	if got, want := b.String(), "a long name  x\nshort        y\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
