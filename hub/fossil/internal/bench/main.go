// Command bench measures the repository against the fossil program on the same
// machine in one run, and fails if a target is missed:
//
//	go run ./hub/fossil/internal/bench
//
// Times are the best of several, ours and fossil's in turn, so that a busy
// machine hurts both alike.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

var errMissed = errors.New("a target is missed")

func run(ctx context.Context, args []string) (err error) {
	if len(args) == 3 && args[0] == "seed" { // the child that has its memory measured
		return seedAndReport(ctx, args[1], args[2])
	}
	if _, err := exec.LookPath("fossil"); err != nil {
		return fmt.Errorf("the fossil program is the yardstick: %w", err)
	}
	dir, err := os.MkdirTemp("", "bench-fossil")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{dir: dir, home: filepath.Join(dir, "home")}
	if err := os.Mkdir(b.home, 0o700); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{b.seed, b.clone, b.bigSeed, b.messages, b.growth} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	if b.missed {
		return errMissed
	}
	return nil
}

// bench holds what the parts share.
type bench struct {
	dir, home string
	missed    bool
}

// report prints one line and keeps in mind whether the target was met.
func (b *bench) report(what string, got, target float64, unit string) {
	verdict := "ok"
	if got > target {
		verdict, b.missed = "MISSED", true
	}
	fmt.Printf("%-52s %9.2f %-4s target %7.2f  %s\n", what, got, unit, target, verdict)
}

// note prints a number that has no target of its own.
func note(what string, got float64, unit string) {
	fmt.Printf("%-52s %9.2f %s\n", "  "+what, got, unit)
}
