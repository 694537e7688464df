package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bones-tui/tui/termtest"
)

// BenchmarkFirstFrame measures from the start of the process to the first frame
// that names the workspace, on a workspace whose hub has run before.
func BenchmarkFirstFrame(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "bones-tui")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	root := newWorkspace(b)
	for b.Loop() {
		cmd := program(b, root)
		cmd.Path, cmd.Args[0] = bin, bin
		console, err := termtest.Open(cmd, 120, 40, termtest.DarkTheme())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := console.WaitFor(context.Background(), "webapp"); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := console.Signal(os.Interrupt); err != nil {
			b.Fatal(err)
		}
		if _, err := console.Wait(context.Background()); err != nil {
			b.Fatal(err)
		}
		if err := console.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
