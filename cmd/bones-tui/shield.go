package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"

	"bones-tui/hub"
)

// The shield is a parent that does nothing but wait for the dashboard's process
// and, if that dies without restoring the terminal (a panic in a goroutine of the
// hub, SIGKILL), restores it and says where the crash report is. The child is the
// process that owns the hub.

// resetScreen undoes everything the dashboard sets: synchronized output, grapheme
// widths, mouse, focus reports, bracketed paste, alternate screen, key protocol, cursor, colours.
const resetScreen = "\x1b[?2026l\x1b[?2027l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l" +
	"\x1b[<u\x1b[>4;0m\x1b[?1049l\x1b[?25h\x1b[0m\r"

// exitError passes a child's exit code on; what went wrong has been told.
type exitError struct{ code int }

func (e exitError) Error() string { return "exit status " + strconv.Itoa(e.code) }

// shielded reports whether this process runs under a shield.
func shielded() bool { return os.Getenv(shieldEnv) != "" }

// shield runs this very command line as a child and waits for its end. The hub that the
// child may own is that of root.
func shield(w io.Writer, root string) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find our own program: %w", err)
	}
	report, err := newCrashReport()
	if err != nil {
		return err
	}
	before, err := term.GetState(os.Stdin.Fd())
	if err != nil {
		return fmt.Errorf("read the terminal's state: %w", err)
	}
	child := exec.Command(exe, os.Args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = append(os.Environ(), shieldEnv+"="+report)
	child.SysProcAttr = dieWithParent()
	if err = runForwarding(child); err == nil {
		return nil
	}
	if child.ProcessState == nil { // it never came to run
		return fmt.Errorf("start the dashboard's process: %w", err)
	}
	if _, err := os.Stat(report); err != nil { // the child ended in order
		return exitError{child.ProcessState.ExitCode()}
	}
	fmt.Fprint(os.Stdout, resetScreen)
	if err := term.Restore(os.Stdin.Fd(), before); err != nil {
		say(w, "the terminal could not be restored (%v); `reset` does it", err)
	}
	finishCrashReport(w, report, child.ProcessState)
	tellHub(w, root)
	return exitError{crashCode(child.ProcessState)}
}

// revivedWithin bounds the wait for a hub whose process has crashed with the screen.
const revivedWithin = 5 * time.Second

// tellHub says whether the workspace has a hub, now that the process that had it is gone.
func tellHub(w io.Writer, root string) {
	if root == "" { // of a demo
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), revivedWithin)
	defer cancel()
	err := hub.AwaitReady(ctx, root)
	pid, ok := hub.IsRunning(root)
	switch {
	case err == nil && ok:
		say(w, "the hub runs on in the background (pid %d); bones-tui shows it, bones-tui hub stop ends it", pid)
	case errors.Is(err, hub.ErrNotRunning):
		say(w, "no hub is running")
	default:
		say(w, "the hub does not answer yet; bones-tui hub status tells more")
	}
}

// runForwarding runs a command and passes on the signals that end the program,
// politely or with its stacks.
func runForwarding(child *exec.Cmd) error {
	runtime.LockOSThread() // the kernel takes the death of the starting thread for the parent's
	defer runtime.UnlockOSThread()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, endSignals...)
	signal.Notify(signals, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	forwarded := make(chan struct{})
	go func() {
		defer close(forwarded)
		for {
			select {
			case s := <-signals:
				_ = child.Process.Signal(s) // it may have ended just now
			case <-ended:
				return
			}
		}
	}()
	err := child.Wait()
	close(ended)
	<-forwarded
	return err
}
