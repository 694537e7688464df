package tui_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"
	"go.uber.org/goleak"

	"bones-tui/tui"
)

// Bubble Tea's reader stays behind if a key or a terminal's answer comes as the program
// ends: it sends it to nobody.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/charmbracelet/ultraviolet.(*TerminalReader).sendEvents"))
}

// program is the whole dashboard on a terminal that exists in memory.
type program struct {
	t    *testing.T
	term *vt.SafeEmulator
	in   *io.PipeWriter
	end  chan struct{}

	output safeBuffer // everything that the terminal was sent
	out    tui.Outcome
	err    error
}

// safeBuffer is a buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}
func (b *safeBuffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func run(ctx context.Context, t *testing.T, w *world) *program {
	t.Helper()
	in, typed := io.Pipe()
	p := &program{t: t, term: vt.NewSafeEmulator(100, 30), in: typed, end: make(chan struct{})}
	_, _ = io.WriteString(p.term, "\x1b[20h") // a pipe does not turn newlines into returns, as a terminal does
	answers := make(chan struct{})
	go func() { // what the terminal answers is input as well
		defer close(answers)
		_, _ = io.Copy(typed, p.term)
	}()
	go func() {
		defer close(p.end)
		p.out, p.err = tui.Run(ctx, w.Config,
			tea.WithInput(in), tea.WithOutput(io.MultiWriter(p.term, &p.output)), tea.WithWindowSize(100, 30),
			tea.WithColorProfile(colorprofile.ANSI), tea.WithEnvironment([]string{"TERM=xterm-256color"}))
	}()
	t.Cleanup(func() {
		_ = in.Close()
		_ = p.term.InputPipe().(io.Closer).Close()
		<-answers
	})
	return p
}

// keys types, as long as there is a program that reads.
func (p *program) keys(s string) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.WriteString(p.in, s)
	}()
	select {
	case <-read:
	case <-p.end:
	}
}

func (p *program) await(text string) {
	p.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		select {
		case <-tick.C:
			if strings.Contains(plain(p.term.Render()), text) {
				return
			}
		case <-deadline:
			p.t.Fatalf("no %q on the terminal:\n%s", text, plain(p.term.Render()))
		}
	}
}

func (p *program) awaitEnd() {
	p.t.Helper()
	select {
	case <-p.end:
	case <-time.After(time.Minute):
		p.t.Fatalf("the program does not end:\n%s", plain(p.term.Render()))
	}
}

func TestProgram(t *testing.T) {
	t.Run("shows, filters, and quits after the hub has stopped", func(t *testing.T) {
		w := newWorld(t)
		w.Now = time.Now
		w.log(morning()...)
		p := run(context.Background(), t, w)
		p.await("RUNNING")
		p.await("cas conflict")
		p.keys("/conflict\r")
		p.await("1 of 5")
		p.keys("q")
		p.await("stop the hub and quit")
		p.awaitAnswer("y")
		p.awaitEnd()
		if p.err != nil || p.out.Ending != tui.EndedStopped {
			t.Errorf("ended with %v, %v", p.out, p.err)
		}
		if p.term.IsAltScreen() {
			t.Error("the alternate screen was not left")
		}
		want(t, w, "polite")
	})
	t.Run("cancelling the context ends it at once and leaves the hub alone", func(t *testing.T) {
		w := newWorld(t)
		w.Now = time.Now
		ctx, cancel := context.WithCancel(context.Background())
		p := run(ctx, t, w)
		p.await("RUNNING")
		cancel()
		p.awaitEnd()
		if p.err == nil {
			t.Error("a killed program must say so")
		}
		want(t, w)
	})
}

// awaitAnswer types a key until the dialog, which hears nothing at first, is gone.
func (p *program) awaitAnswer(key string) {
	p.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for strings.Contains(plain(p.term.Render()), "Cancel") {
		select {
		case <-tick.C:
			p.keys(key)
		case <-p.end:
			return
		case <-deadline:
			p.t.Fatalf("%s does not answer the dialog:\n%s", key, plain(p.term.Render()))
		}
	}
}
