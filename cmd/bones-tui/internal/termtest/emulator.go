package termtest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// emulator is a terminal without a window: bytes from a program go in, a frame can be taken out,
// and its answers to the program's questions come out. Its methods may be called from any goroutine.
type emulator struct {
	vt *vt.Emulator

	mu      sync.Mutex
	pending []byte // an update that the program has not completed
	modes   modes
	title   string
	faults  []string
	changed chan struct{} // closed and replaced when anything changes
}

func newEmulator(width, height int, theme Theme) *emulator {
	e := &emulator{vt: vt.NewEmulator(width, height), changed: make(chan struct{}), modes: newModes()}
	e.vt.SetScrollbackSize(1) // nothing reads it, and a long one makes every new line slower
	e.vt.SetDefaultForegroundColor(theme.Fg)
	e.vt.SetDefaultBackgroundColor(theme.Bg)
	e.vt.SetDefaultCursorColor(theme.Cursor)
	// Naming these modes makes the emulator answer that it knows them: frames arrive whole, and wide clusters have one width.
	e.feed([]byte(ansi.ResetModeSynchronizedOutput + ansi.ResetModeUnicodeCore))
	e.modes.watch(e.vt)
	e.vt.SetCallbacks(vt.Callbacks{
		EnableMode:  func(m ansi.Mode) { e.modes.set(m, true) },
		DisableMode: func(m ansi.Mode) { e.modes.set(m, false) },
		Title:       func(s string) { e.title = s },
	})
	e.vt.RegisterCsiHandler(ansi.Command('>', 0, 'q'), func(ansi.Params) bool {
		_, err := io.WriteString(e.vt.InputPipe(), "\x1bP>|termtest\x1b\\")
		return err == nil
	})
	e.vt.RegisterCsiHandler('r', e.clampMargins)
	return e
}

// clampMargins keeps a scroll region that was meant for a taller screen inside this one, as terminals do.
// The emulator takes it as it is, and panics at the next scroll.
func (e *emulator) clampMargins(params ansi.Params) bool {
	if bottom, _, ok := params.Param(1, 0); ok && bottom > e.vt.Height() {
		params[1] = ansi.Param(e.vt.Height())
	}
	return false // the emulator goes on with the changed parameters
}

// answer passes to w what the terminal says to the program, until close. It goes on reading when w fails,
// since the emulator waits until its answers are read.
func (e *emulator) answer(w io.Writer) {
	if _, err := io.Copy(w, e.vt); err != nil {
		_, _ = io.Copy(io.Discard, e.vt)
	}
}

// close ends answer. The emulator's own Close is a data race with its Read.
func (e *emulator) close() error {
	if pipe, ok := e.vt.InputPipe().(io.Closer); ok {
		return pipe.Close()
	}
	return nil
}

// write takes output of the program. Updates between the marks of synchronised output, mode 2026, show when they are complete.
func (e *emulator) write(p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pending = append(e.pending, p...)
	n := complete(e.pending)
	e.feed(e.pending[:n])
	e.pending = append(e.pending[:0], e.pending[n:]...)
	e.notify()
}

// end shows what is left of an update that will not be completed.
func (e *emulator) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.feed(e.pending)
	e.pending = nil
	e.notify()
}

func (e *emulator) notify() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// maxUpdate is how many bytes wait for the end of a synchronised update; real terminals give up too.
const maxUpdate = 1 << 20

// complete returns how many bytes of p can be shown: all but an open synchronised update or a piece of the mark that opens one.
func complete(p []byte) int {
	begin, end := []byte(ansi.SetModeSynchronizedOutput), []byte(ansi.ResetModeSynchronizedOutput)
	if len(p) > maxUpdate {
		return len(p)
	}
	if i := bytes.LastIndex(p, begin); i > bytes.LastIndex(p, end) {
		return i
	}
	if i := bytes.LastIndexByte(p, '\x1b'); i >= 0 && bytes.HasPrefix(begin, p[i:]) {
		return i
	}
	return len(p)
}

// feed gives p to the emulator, one escape sequence after another, so that a panic of the emulator loses one sequence only.
func (e *emulator) feed(p []byte) {
	for len(p) > 0 {
		n := bytes.IndexByte(p[1:], '\x1b') + 1
		if n == 0 {
			n = len(p)
		}
		e.feedOne(p[:n])
		p = p[n:]
	}
}

func (e *emulator) feedOne(p []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			e.faults = append(e.faults, fmt.Sprintf("%q: %v", p, fault))
			_, _ = e.vt.Write([]byte{0x18}) // CAN: the parser leaves the sequence it was in
		}
	}()
	_, _ = e.vt.Write(p) // fails only when closed
}

func (e *emulator) resize(width, height int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.vt.Resize(width, height)
	e.notify()
}

// frame returns what the screen shows, and a channel that is closed when that changes.
func (e *emulator) frame() (Frame, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f := Frame{Width: e.vt.Width(), Height: e.vt.Height(), Title: e.title}
	f.Cells = make([]Cell, 0, f.Width*f.Height)
	for y := range f.Height {
		for x := range f.Width {
			f.Cells = append(f.Cells, cellOf(e.vt.CellAt(x, y)))
		}
	}
	shape, _ := e.vt.CursorStyle()
	at := e.vt.CursorPosition()
	f.Cursor = Cursor{X: at.X, Y: at.Y, Visible: e.modes.on[ansi.ModeTextCursorEnable], Shape: CursorShape(shape)}
	return f, e.changed
}

func cellOf(c *uv.Cell) Cell {
	if c == nil {
		return Cell{Text: " ", Width: 1}
	}
	text := c.Content
	if text == "" && c.Width > 0 {
		text = " "
	}
	has := func(attr uint8) bool { return c.Style.Attrs&attr != 0 }
	return Cell{
		Text: text, Width: c.Width,
		Style: Style{
			Fg: c.Style.Fg, Bg: c.Style.Bg, UnderlineColor: c.Style.UnderlineColor,
			Bold: has(uv.AttrBold), Faint: has(uv.AttrFaint), Italic: has(uv.AttrItalic),
			Underline: c.Style.Underline != uv.UnderlineNone, Blink: has(uv.AttrBlink | uv.AttrRapidBlink),
			Reverse: has(uv.AttrReverse), Conceal: has(uv.AttrConceal), Struck: has(uv.AttrStrikethrough),
		},
	}
}

// ParseANSI returns the frame that text with escape sequences draws, such as the output of
// `tmux capture-pane -e -p -N`. Lines end with \n or \r\n. A width or height of 0 is taken from the text.
func ParseANSI(text []byte, width, height int) (Frame, error) {
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), "\n")
	if height == 0 {
		height = len(lines)
	}
	if width == 0 {
		for _, l := range lines {
			width = max(width, ansi.StringWidth(l))
		}
	}
	if !validSize(width, height) {
		return Frame{}, ErrSize
	}
	e := newEmulator(width, height, DarkTheme())
	var answers sync.WaitGroup
	answers.Go(func() { e.answer(io.Discard) })
	// No wrapping, no cursor, and line drawing as tmux sends it.
	e.write([]byte("\x1b[?7l\x1b[?25l\x1b)0" + strings.Join(lines[:min(height, len(lines))], "\r\n")))
	e.end()
	f, _ := e.frame()
	err := e.close()
	answers.Wait()
	return f, err
}
