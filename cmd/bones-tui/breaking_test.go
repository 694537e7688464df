package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"

	"bones-tui/hub"
	"bones-tui/tui"
)

// breakEnv names how the program that the test binary runs breaks at SIGUSR1. Only
// the test binary's main reads it.
const breakEnv = "BONES_TUI_TEST_BREAK"

// breakText is what each break says.
const breakText = "broken by a test"

// runBreakable is the program, with something of the hub that breaks it.
func runBreakable(how string) int {
	b := &breaker{how: how, gone: make(chan struct{})}
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGUSR1)
	go func() {
		<-broken
		b.now()
	}()
	root := newRootCommand(dashboardFlags{through: b.through})
	return execute(context.Background(), root, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// breaker breaks the program it runs in.
type breaker struct {
	how  string
	once sync.Once
	gone chan struct{} // closed: whatever asks the hub next is told something that breaks it
}

// now breaks this goroutine, which nobody watches, or closes gone.
func (b *breaker) now() {
	switch b.how {
	case "goroutine":
		panic(breakText)
	case "fatal":
		new(sync.Mutex).Unlock() // nothing recovers from that
	case "exit":
		os.Exit(3)
	}
	b.once.Do(func() { close(b.gone) })
}

func (b *breaker) broken() bool {
	select {
	case <-b.gone:
		return true
	default:
		return false
	}
}

func (b *breaker) through(next connectFunc) connectFunc {
	return func(ctx context.Context) (tui.Session, error) {
		s, err := next(ctx)
		s.Hub = breakingHub{s.Hub, b}
		return s, err
	}
}

// breakingHub is a hub whose answers break the screen.
type breakingHub struct {
	tui.Hub
	*breaker
}

func (h breakingHub) Status(ctx context.Context) (hub.Status, error) {
	if h.broken() && h.how == "cmd" {
		panic(breakText)
	}
	return h.Hub.Status(ctx)
}

func (h breakingHub) Done() <-chan struct{} {
	if h.how == "update" || h.how == "view" {
		return h.gone
	}
	return h.Hub.Done()
}

func (h breakingHub) Err() error {
	if h.broken() {
		return breakingError(h.how)
	}
	return h.Hub.Err()
}

// breakingError panics where the screen asks what it says: in Update or in View.
type breakingError string

func (e breakingError) Error() string {
	if slices.ContainsFunc(callers(), func(name string) bool { return strings.HasSuffix(name, "(*model)."+e.place()) }) {
		panic(errors.New(breakText))
	}
	return "an error that is still quiet"
}

func (e breakingError) place() string {
	return map[breakingError]string{"update": "Update", "view": "View"}[e]
}

func callers() []string {
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(0, pc)])
	var names []string
	for {
		f, more := frames.Next()
		names = append(names, f.Function)
		if !more {
			return names
		}
	}
}
