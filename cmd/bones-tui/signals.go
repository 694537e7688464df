package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// endSignals are those that end the program politely. A closed terminal sends
// SIGHUP, and an unhandled one would kill the hub without a drain.
var endSignals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// signalError is the cause of a context that a signal has ended.
type signalError struct{ signal os.Signal }

func (e signalError) Error() string { return e.signal.String() }

// untilSignal is for commands that own no hub: the first end signal ends the context, the
// second one ends the process, whatever it waits for. It does so also where a shell that put
// the command in the background has them ignored, for then the system's own answer is none.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, endSignals...)
	stopped, listening := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(listening)
		select {
		case s := <-signals:
			cancel(signalError{s})
		case <-ctx.Done():
		}
		select {
		case s := <-signals:
			os.Exit(codeOf(s))
		case <-stopped:
		}
	}()
	return ctx, func() {
		cancel(nil)
		signal.Stop(signals)
		close(stopped)
		<-listening
	}
}

// calledOff is the error of a start that a signal has ended before there was a hub.
type calledOff struct{ code int }

func (calledOff) Error() string { return "start called off" }

// orCalledOff makes that error of err if a signal has ended ctx.
func orCalledOff(ctx context.Context, err error) error {
	var s signalError
	if err == nil || !errors.As(context.Cause(ctx), &s) {
		return err
	}
	return calledOff{codeOf(s.signal)}
}

// codeOf is the exit code of a command that a signal has ended.
func codeOf(s os.Signal) int {
	number, ok := s.(syscall.Signal)
	if !ok {
		number = syscall.SIGINT
	}
	return bySignal + int(number)
}

// bySignal is what a shell adds to the number of a signal that has ended a command.
const bySignal = 128
