// Package termtest runs a program in a terminal that exists in memory: a test types keys, waits for text, looks at the
// cells of the screen, resizes or closes the terminal, and checks that the program left it as it found it.
// It also draws screens as pictures. It is for tests and for the pictures of the documentation only.
//
// Start is for tests: what goes wrong fails the test and prints the screen. Open returns errors instead.
// Nothing here sleeps: waiting ends with the output that is waited for.
//
// It needs a pseudo-terminal: where the system has none that Go can use, such as Windows, Open returns
// pty.ErrUnsupported of github.com/creack/pty, and Start skips the test.
package termtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
)

// Errors of Open and of the methods of Console.
var (
	// ErrSize says that a terminal is to have fewer than 1 or more than 1000 columns or rows.
	ErrSize = errors.New("termtest: size is not between 1 and 1000")
	// ErrEnded says that the program has ended, so what is waited for cannot come any more.
	ErrEnded = errors.New("termtest: program has ended")
)

// Console is a program that runs in a terminal of its own.
type Console struct {
	theme  Theme
	cmd    *exec.Cmd
	pty    *os.File
	screen *emulator

	outputMu sync.Mutex
	output   bytes.Buffer

	drained chan struct{} // closed when no more output can come
	ended   chan struct{} // closed when the program has ended and its output is on the screen
	// after is what is off in the terminal driver at the end, unless it could not be asked; valid once ended.
	after    []string
	afterErr error

	hangup sync.Once
	wg     sync.WaitGroup
}

// Open starts cmd in a new terminal of width columns and height rows. The terminal has the colours of theme and says so when
// asked. A cmd without Env gets the environment of this process, less what tells it about another terminal. TERM and COLORTERM
// are those of a true-colour XTerm unless cmd.Env has a TERM. The program leads a session and gets SIGHUP when the terminal
// closes. Close must be called.
func Open(cmd *exec.Cmd, width, height int, theme Theme) (*Console, error) {
	if !validSize(width, height) {
		return nil, ErrSize
	}
	cmd.Env = environment(cmd)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	if err != nil {
		return nil, fmt.Errorf("termtest: start program: %w", err)
	}
	if tty, err = pollable(tty); err != nil {
		kill(cmd.Process)
		return nil, fmt.Errorf("termtest: open terminal: %w", errors.Join(err, cmd.Wait()))
	}
	c := &Console{
		theme: theme, cmd: cmd, pty: tty, screen: newEmulator(width, height, theme),
		drained: make(chan struct{}), ended: make(chan struct{}),
	}
	c.wg.Go(c.read)
	c.wg.Go(func() { c.screen.answer(c.pty) })
	c.wg.Go(c.wait)
	return c, nil
}

func validSize(width, height int) bool {
	return width >= 1 && height >= 1 && width <= 1000 && height <= 1000
}

// environment returns the environment of cmd in this terminal.
func environment(cmd *exec.Cmd) []string {
	var env []string
	hasTerm := false
	for _, entry := range cmd.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "TERM":
			hasTerm = cmd.Env != nil
		case "COLORTERM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM_PROGRAM", "TMUX", "STY", "SSH_TTY", "WT_SESSION":
			if cmd.Env == nil {
				continue
			}
		}
		env = append(env, entry)
	}
	if !hasTerm {
		env = append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
	}
	return env
}

// read shows the program's output until there is no more.
func (c *Console) read() {
	defer close(c.drained)
	defer c.screen.end()
	buf := make([]byte, 64<<10)
	for {
		n, err := c.pty.Read(buf)
		c.outputMu.Lock()
		c.output.Write(buf[:n])
		c.outputMu.Unlock()
		c.screen.write(buf[:n])
		if err != nil {
			return // EIO when the last process that had the terminal has gone
		}
	}
}

// straggler is how long output is still read if the program leaves others behind that keep its terminal open.
const straggler = time.Second

func (c *Console) wait() {
	defer close(c.ended)
	_ = c.cmd.Wait() // the code is in ProcessState
	_ = c.pty.SetReadDeadline(time.Now().Add(straggler))
	<-c.drained
	c.after, c.afterErr = lineModes(c.pty)
}

// Resize changes the size of the terminal; the program gets SIGWINCH.
func (c *Console) Resize(width, height int) error {
	if !validSize(width, height) {
		return ErrSize
	}
	c.screen.resize(width, height)
	if err := setSize(c.pty, width, height); err != nil {
		return fmt.Errorf("termtest: resize: %w", err)
	}
	return nil
}

// Signal sends a signal to the program.
func (c *Console) Signal(s os.Signal) error {
	if err := c.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("termtest: signal program: %w", err)
	}
	return nil
}

// Hangup closes the terminal as if its window were closed: the program gets SIGHUP, and cannot read or write its terminal any more.
func (c *Console) Hangup() error {
	var err error
	c.hangup.Do(func() { err = c.pty.Close() })
	return err
}

// Frame returns what the screen shows now.
func (c *Console) Frame() Frame {
	f, _ := c.screen.frame()
	return f
}

// WaitFor returns the first frame, from now on, that shows text within one line. It returns the last frame with
// ErrEnded if the program ends without it, or with the context's error.
func (c *Console) WaitFor(ctx context.Context, text string) (Frame, error) {
	return c.WaitForFunc(ctx, func(f Frame) bool { return f.Has(text) })
}

// WaitForFunc is WaitFor for frames for which ok returns true.
func (c *Console) WaitForFunc(ctx context.Context, ok func(Frame) bool) (Frame, error) {
	for {
		f, changed := c.screen.frame()
		if ok(f) {
			return f, nil
		}
		select {
		case <-changed:
		case <-c.ended:
			if f, _ = c.screen.frame(); ok(f) {
				return f, nil
			}
			return f, ErrEnded
		case <-ctx.Done():
			return f, ctx.Err()
		}
	}
}

// Settle returns the frame when nothing has been written for quiet, or the program has ended.
func (c *Console) Settle(ctx context.Context, quiet time.Duration) (Frame, error) {
	for {
		f, changed := c.screen.frame()
		timer := time.NewTimer(quiet)
		select {
		case <-changed:
			timer.Stop()
		case <-timer.C:
			return f, nil
		case <-c.ended:
			timer.Stop()
			return c.Frame(), nil
		case <-ctx.Done():
			timer.Stop()
			return f, ctx.Err()
		}
	}
}

// Wait waits until the program has ended and all that it wrote is on the screen. The code is that of the program, or
// 128 plus the number of the signal that ended it.
func (c *Console) Wait(ctx context.Context) (code int, err error) {
	select {
	case <-c.ended:
		return exitCode(c.cmd.ProcessState), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Restored returns a *NotRestoredError if the terminal is not as it was when the program started: alternate screen, cursor,
// mouse, bracketed paste and the other modes, keyboard, colours, echo and line mode. It is meant for after Wait.
// After Hangup there is no terminal that could be asked, and the error says so.
func (c *Console) Restored() error {
	c.screen.mu.Lock()
	left := append(c.screen.modes.left(), leftColours(c.screen.vt, c.theme)...)
	c.screen.mu.Unlock()
	off, err := lineModes(c.pty)
	select {
	case <-c.ended:
		off, err = c.after, c.afterErr
	default:
	}
	if err != nil {
		left = append(left, "terminal driver cannot be asked")
	}
	left = append(left, off...)
	if len(left) > 0 {
		return &NotRestoredError{Left: left}
	}
	return nil
}

// Output returns all bytes that the program has written so far.
func (c *Console) Output() []byte {
	c.outputMu.Lock()
	defer c.outputMu.Unlock()
	return bytes.Clone(c.output.Bytes())
}

// Faults returns the escape sequences on which the emulator has failed, with the reason; their effect is missing on the screen.
func (c *Console) Faults() []string {
	c.screen.mu.Lock()
	defer c.screen.mu.Unlock()
	return append([]string(nil), c.screen.faults...)
}

// Close ends the program if it still runs, with its process group, and waits until it is gone.
func (c *Console) Close() error {
	select {
	case <-c.ended: // its number may belong to another process by now
	default:
		kill(c.cmd.Process)
		<-c.ended
	}
	err := errors.Join(c.Hangup(), c.screen.close())
	c.wg.Wait()
	return err
}
