package termtest

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

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
	if width < 1 || height < 1 {
		return Frame{}, fmt.Errorf("termtest: parse screen: no text")
	}
	e := vt.NewEmulator(width, height)
	go io.Copy(io.Discard, e)
	defer e.Close()
	var b bytes.Buffer
	b.WriteString("\x1b[?7l\x1b[?25l\x1b)0") // no wrapping, no cursor, line drawing as tmux sends it
	b.WriteString(strings.Join(lines[:min(height, len(lines))], "\r\n"))
	if _, err := e.Write(b.Bytes()); err != nil {
		return Frame{}, fmt.Errorf("termtest: parse screen: %w", err)
	}
	return capture(e), nil
}

// capture copies the screen out of an emulator.
func capture(e *vt.Emulator) Frame {
	f := Frame{Width: e.Width(), Height: e.Height()}
	f.Cells = make([]Cell, 0, f.Width*f.Height)
	for y := range f.Height {
		for x := range f.Width {
			f.Cells = append(f.Cells, cellOf(e.CellAt(x, y)))
		}
	}
	shape, _ := e.CursorStyle()
	at := e.CursorPosition()
	f.Cursor = Cursor{X: at.X, Y: at.Y, Visible: !e.CursorHidden(), Shape: CursorShape(shape)}
	return f
}

func cellOf(c *uv.Cell) Cell {
	if c == nil {
		return Cell{Text: " ", Width: 1}
	}
	has := func(attr uint8) bool { return c.Style.Attrs&attr != 0 }
	text := c.Content
	if text == "" && c.Width > 0 {
		text = " "
	}
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
