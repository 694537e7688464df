package tui

import (
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// paintFirst shows the first frame before the program runs: the renderer paints
// at its ticks only, and an operator who has just pressed enter should not wait
// for one. The program enters the same screen and paints over it. The function
// returned leaves that screen, for a program that never came to run.
func paintFirst(out *os.File, m *model) (leave func()) {
	w, h, err := term.GetSize(out.Fd())
	if err != nil || w <= 0 || h <= 0 {
		return func() {}
	}
	m.w, m.h = w, h
	m.arrange()
	// Whoever cannot write here finds the same out a moment later.
	_, _ = io.WriteString(colorprofile.NewWriter(out, os.Environ()),
		ansi.SetModeAltScreenSaveCursor+ansi.HideCursor+ansi.CursorHomePosition+strings.Join(m.frame(), "\r\n"))
	return func() { _, _ = io.WriteString(out, ansi.ResetModeAltScreenSaveCursor+ansi.ShowCursor) }
}
