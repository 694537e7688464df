// Command benchlog measures the log engine beside the tools that people use
// instead of it, on the same files, in one run, round by round:
//
//	go run ./logview/internal/benchlog [-mib 10,100,1024] [-rounds 5] [-fast] [-dir DIR] [-bin bones-tui]
//	go run ./logview/internal/benchlog -follow [-only typing|quiet|busy|idle] [-for 10m] [-rate 10000] [-rotations 100]
//
// It prints medians, and the ratio to the tool that a goal names. Counts are
// checked against the generator's manifest before a time is believed. With
// -follow it measures a live log instead, and the screen's view of it. It fails
// if a goal is missed: those that are ratios only on a log of a gigabyte.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bones-tui/logview/internal/loggen"
)

func main() {
	sizes := flag.String("mib", "10,100,1024", "sizes of the logs, in MiB")
	rounds := flag.Int("rounds", 5, "how often each case runs at least")
	dir := flag.String("dir", filepath.Join(os.TempDir(), "bones-tui-bench"), "where the logs are kept")
	bin := flag.String("bin", "", "a bones-tui binary, to measure whole processes too")
	only := flag.String("only", "", "run only what has this in its name")
	fast := flag.Bool("fast", false, "leave out lnav and jq, which take half a minute for a gigabyte")
	follow := flag.Bool("follow", false, "measure following and typing instead")
	var l load
	flag.DurationVar(&l.For, "for", 10*time.Second, "how long to write")
	flag.IntVar(&l.Rate, "rate", 10_000, "lines a second")
	flag.IntVar(&l.Rotations, "rotations", 5, "how often to rotate meanwhile")
	writer := flag.String("write", "", "be the writer of this file")
	flag.Parse()
	var err error
	switch {
	case *writer != "":
		err = write(*writer, l)
	case *follow:
		err = live(*dir, *only, l)
	default:
		err = run(*sizes, *rounds, *dir, *bin, *only, *fast)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchlog:", err)
		os.Exit(1)
	}
}

// live runs everything that is about a log that grows, and about typing, or
// only what is named.
func live(dir, only string, l load) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	long := filepath.Join(dir, "1024MiB.log")
	parts := []struct {
		name string
		run  func() error
	}{
		{"typing", func() error { return interactive(long, filepath.Join(dir, "short.log")) }},
		{"quiet", func() error { return followed(dir, load{For: 10 * time.Second, Rate: 20}) }},
		{"busy", func() error { return followed(dir, l) }},
		{"idle", func() error { return idle(long, 20*time.Second) }},
	}
	failed := false
	for _, p := range parts {
		if !strings.Contains(p.name, only) {
			continue
		}
		if _, err := os.Stat(long); err != nil {
			if _, err := loggen.File(long, 1, 1<<30); err != nil {
				return err
			}
		}
		if err := p.run(); errors.Is(err, errMissed) {
			failed = true
		} else if err != nil {
			return err
		}
	}
	if failed {
		return errMissed
	}
	return nil
}

func run(sizes string, rounds int, dir, bin, only string, fast bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	failed := false
	for size := range strings.SplitSeq(sizes, ",") {
		mib, err := strconv.ParseInt(size, 10, 64)
		if err != nil {
			return fmt.Errorf("size %q: %w", size, err)
		}
		path := filepath.Join(dir, fmt.Sprintf("%dMiB.log", mib))
		manifest, err := loggen.File(path, 1, mib<<20)
		if err != nil {
			return err
		}
		fmt.Printf("\n%d MiB, %d lines\n", mib, manifest.Lines)
		for _, g := range groups(path, manifest, bin) {
			if strings.Contains(g.name, only) && (!g.slow || !fast) && !g.run(rounds, mib >= 1024) {
				failed = true
			}
		}
		if !strings.Contains("by themselves", only) {
			continue
		}
		if err := figures(path, manifest); errors.Is(err, errMissed) {
			failed = true
		} else if err != nil {
			return err
		}
	}
	if failed {
		return errMissed
	}
	return nil
}
