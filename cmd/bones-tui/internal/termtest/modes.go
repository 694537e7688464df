package termtest

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// modes is what a program has switched in its terminal.
type modes struct {
	on map[ansi.Mode]bool
	// keyboard is the depth of the Kitty keyboard stack of the main and of the alternate screen.
	keyboard [2]int
	// otherKeys is the level of XTerm's modifyOtherKeys.
	otherKeys int
}

// modeNames says in words what the modes of DEC and XTerm that interactive programs switch leave behind.
// XTerm Control Sequences, "DEC Private Mode Set"; the Synchronized Output and Unicode Core proposals for 2026 and 2027.
func modeNames() map[ansi.Mode]string {
	return map[ansi.Mode]string{
		ansi.ModeCursorKeys: "application cursor keys", ansi.ModeNumericKeypad: "application keypad",
		ansi.ModeAutoWrap: "no line wrapping", ansi.ModeTextCursorEnable: "cursor hidden",
		ansi.ModeMouseX10: "mouse clicks", ansi.ModeMouseNormal: "mouse clicks",
		ansi.ModeMouseButtonEvent: "mouse drags", ansi.ModeMouseAnyEvent: "mouse motion", ansi.ModeMouseExtSgr: "mouse coordinates",
		ansi.ModeFocusEvent: "focus reports", ansi.ModeAltScreen: "alternate screen", ansi.ModeAltScreenSaveCursor: "alternate screen",
		ansi.ModeBracketedPaste: "bracketed paste", ansi.ModeSynchronizedOutput: "synchronised output",
		ansi.ModeUnicodeCore: "grapheme clusters", ansi.ModeInBandResize: "resize reports",
	}
}

func newModes() modes {
	return modes{on: map[ansi.Mode]bool{ansi.ModeAutoWrap: true, ansi.ModeTextCursorEnable: true}}
}

func (m *modes) set(mode ansi.Mode, on bool) { m.on[mode] = on }

// watch follows what the emulator has no callback for. The handlers return false, so that the emulator acts as before.
func (m *modes) watch(e *vt.Emulator) {
	screen := func() *int {
		if e.IsAltScreen() {
			return &m.keyboard[1]
		}
		return &m.keyboard[0]
	}
	e.RegisterCsiHandler(ansi.Command('>', 0, 'u'), func(ansi.Params) bool {
		*screen()++
		return false
	})
	e.RegisterCsiHandler(ansi.Command('<', 0, 'u'), func(p ansi.Params) bool {
		n, _, _ := p.Param(0, 1)
		*screen() = max(*screen()-max(n, 1), 0)
		return false
	})
	e.RegisterCsiHandler(ansi.Command('>', 0, 'm'), func(p ansi.Params) bool {
		if what, _, ok := p.Param(0, 0); ok && what == 4 {
			m.otherKeys, _, _ = p.Param(1, 0)
		}
		return false
	})
}

// left names what differs from a terminal that no program has touched.
func (m *modes) left() []string {
	var left []string
	names, fresh := modeNames(), newModes().on
	for mode, on := range m.on {
		if on == fresh[mode] {
			continue
		}
		name, ok := names[mode]
		if !ok {
			name = fmt.Sprintf("mode %d", mode.Mode())
		}
		left = append(left, name)
	}
	if m.keyboard[0] > 0 {
		left = append(left, "keyboard enhancements")
	}
	if m.otherKeys > 0 {
		left = append(left, "modifyOtherKeys")
	}
	slices.Sort(left)
	return slices.Compact(left)
}

// leftColours names the terminal colours that are not the theme's.
func leftColours(e *vt.Emulator, t Theme) []string {
	var left []string
	for _, c := range []struct {
		name     string
		now, was color.Color
	}{
		{"foreground colour", e.ForegroundColor(), t.Fg},
		{"background colour", e.BackgroundColor(), t.Bg},
		{"cursor colour", e.CursorColor(), t.Cursor},
	} {
		if color.RGBAModel.Convert(c.now) != color.RGBAModel.Convert(c.was) {
			left = append(left, c.name)
		}
	}
	return left
}

// NotRestoredError says what a program has left switched in its terminal.
type NotRestoredError struct {
	// Left has words such as "alternate screen", "cursor hidden", "echo off".
	Left []string
}

func (e *NotRestoredError) Error() string {
	return "termtest: terminal not restored: " + strings.Join(e.Left, ", ")
}
