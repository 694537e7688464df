package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"charm.land/fang/v2"

	"bones-tui/cmd/bones-tui/internal/config"
	"bones-tui/hub"
)

// This file is the only one that prints outside the dashboard. Data goes to
// standard output; everything else, one line each, to standard error.

// The exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // or "something is wrong"
	exitUsage   = 2
	exitRefused = 3 // active slots
	exitNowhere = 4 // no workspace
)

func exitCode(err error) int {
	var usage usageError
	var exit exitError
	var start startError
	var badConfig *config.Error
	var off calledOff
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &off):
		return off.code
	case errors.As(err, &usage) || errors.As(err, &badConfig):
		return exitUsage
	case errors.Is(err, hub.ErrActiveSlots):
		return exitRefused
	case errors.As(err, &start):
		return exitFailed
	case errors.Is(err, hub.ErrNoWorkspace):
		return exitNowhere
	default:
		return exitFailed
	}
}

// report prints an error as one line: what, where, and what to do.
func report(w io.Writer, _ fang.Styles, err error) {
	var told exitError
	if errors.As(err, &told) {
		return
	}
	say(w, "%s", lines(explain(err)))
	var start *hub.StartError
	if errors.As(err, &start) && start.Log != "" {
		for line := range strings.Lines(start.Log) {
			fmt.Fprintf(w, "  %s\n", clean(strings.TrimSuffix(line, "\n")))
		}
	}
}

// explain adds the next step to errors that have one.
func explain(err error) string {
	var seed *hub.SeedError
	var usage usageError
	var exposed *hub.ExposedError
	switch {
	case errors.As(err, &seed):
		return seed.Error()
	case errors.As(err, &exposed):
		return exposed.Error()
	case errors.Is(err, hub.ErrNoWorkspace):
		return err.Error() + "; run it inside a git repository, or name one with --root"
	case errors.Is(err, hub.ErrUntrusted) && !errors.Is(err, hub.ErrUncertain):
		return err.Error() + "; a directory of this user is needed there, or name another one in BONES_DIR"
	case errors.As(err, &usage):
		return err.Error() + "; see bones-tui --help"
	default:
		return err.Error()
	}
}

// lines is a text that may have several of them.
type lines string

// say prints one line of chatter, or more if an error or lines in it have more. Names and
// words of others are in it, so none of it can be more than text to the terminal; and none
// of it can look like another line of ours, for only the first one is not indented.
func say(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = clean(text)
		}
	}
	text := fmt.Sprintf("bones-tui: "+format, args...)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			line = "  " + line
		}
		fmt.Fprintln(w, clean(line))
	}
}
