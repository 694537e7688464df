package termtest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience is how long a test waits for anything. It is long, since a busy machine is no fault of the program.
const patience = 30 * time.Second

// Terminal is a Console for a test: what goes wrong fails the test and shows the screen.
type Terminal struct {
	tb testing.TB
	c  *Console
}

// Start runs cmd in a dark terminal of width columns and height rows, see Open. When the test ends, the program is ended too.
func Start(tb testing.TB, cmd *exec.Cmd, width, height int) *Terminal {
	tb.Helper()
	return StartTheme(tb, cmd, width, height, DarkTheme())
}

// StartTheme is Start with other colours of the terminal.
func StartTheme(tb testing.TB, cmd *exec.Cmd, width, height int, theme Theme) *Terminal {
	tb.Helper()
	c, err := Open(cmd, width, height, theme)
	if errors.Is(err, pty.ErrUnsupported) {
		tb.Skip("no pseudo-terminal on this system")
	}
	if err != nil {
		tb.Fatal(err)
	}
	term := &Terminal{tb: tb, c: c}
	tb.Cleanup(func() {
		if faults := c.Faults(); len(faults) > 0 {
			tb.Logf("the emulator failed on %q", faults)
		}
		term.must(c.Close())
	})
	return term
}

// Console returns the console behind the terminal.
func (t *Terminal) Console() *Console { return t.c }

// must fails the test with the screen if err is not nil.
func (t *Terminal) must(err error) {
	t.tb.Helper()
	if err != nil {
		t.fail(err.Error())
	}
}

func (t *Terminal) fail(what string) {
	t.tb.Helper()
	t.tb.Fatalf("%s; the screen is\n%s", what, t.c.Frame().Boxed())
}

// Type sends text as if it were typed.
func (t *Terminal) Type(text string) {
	t.tb.Helper()
	t.must(t.c.Type(text))
}

// Key sends keys one after another, see Console.Key.
func (t *Terminal) Key(names ...string) {
	t.tb.Helper()
	for _, name := range names {
		t.must(t.c.Key(name))
	}
}

// Paste sends text as a terminal does when the user pastes it.
func (t *Terminal) Paste(text string) {
	t.tb.Helper()
	t.must(t.c.Paste(text))
}

// WaitFor waits until the screen shows text within one line, for 30 seconds at most.
func (t *Terminal) WaitFor(text string) Frame {
	t.tb.Helper()
	return t.WaitForFunc("text "+text, func(f Frame) bool { return f.Has(text) })
}

// WaitForFunc waits for a frame for which ok returns true; what names it in the failure.
func (t *Terminal) WaitForFunc(what string, ok func(Frame) bool) Frame {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.tb.Context(), patience)
	defer cancel()
	f, err := t.c.WaitForFunc(ctx, ok)
	if err != nil {
		t.fail("wait for " + what + ": " + err.Error())
	}
	return f
}

// Frame returns what the screen shows now.
func (t *Terminal) Frame() Frame { return t.c.Frame() }

// Screen returns the text of the screen, see Frame.String.
func (t *Terminal) Screen() string { return t.c.Frame().String() }

// Resize changes the size of the terminal.
func (t *Terminal) Resize(width, height int) {
	t.tb.Helper()
	t.must(t.c.Resize(width, height))
}

// Signal sends a signal to the program.
func (t *Terminal) Signal(s os.Signal) {
	t.tb.Helper()
	t.must(t.c.Signal(s))
}

// Hangup closes the terminal, see Console.Hangup.
func (t *Terminal) Hangup() {
	t.tb.Helper()
	t.must(t.c.Hangup())
}

// Exit waits until the program has ended, for 30 seconds at most, and returns its code, see Console.Wait.
func (t *Terminal) Exit() (code int) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.tb.Context(), patience)
	defer cancel()
	code, err := t.c.Wait(ctx)
	if err != nil {
		t.fail("wait for the end of the program: " + err.Error())
	}
	return code
}

// Restored says what the program left switched in its terminal, see Console.Restored.
func (t *Terminal) Restored() error { return t.c.Restored() }

// Output returns all bytes that the program has written so far.
func (t *Terminal) Output() []byte { return t.c.Output() }

// Picture writes a PNG of the screen.
func (t *Terminal) Picture(path string) {
	t.tb.Helper()
	f := t.c.Frame()
	t.must(Picture{Theme: &t.c.theme, Title: f.Title + " "}.WriteFile(path, f))
}
