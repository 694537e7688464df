// Package keytest presses keys in tests.
package keytest

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Press is the message for a key by its name in the key table.
func Press(name string) tea.KeyPressMsg {
	named := map[string]rune{
		"tab": tea.KeyTab, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp,
		"pgdown": tea.KeyPgDown, "space": tea.KeySpace, "f1": tea.KeyF1, "f2": tea.KeyF2, "backspace": tea.KeyBackspace,
	}
	var k tea.KeyPressMsg
	for strings.Contains(name, "+") && len(name) > 1 {
		mod, rest, _ := strings.Cut(name, "+")
		switch mod {
		case "ctrl":
			k.Mod |= tea.ModCtrl
		case "shift":
			k.Mod |= tea.ModShift
		}
		name = rest
	}
	if code, ok := named[name]; ok {
		k.Code = code
		return k
	}
	k.Code = []rune(name)[0]
	if k.Mod == 0 {
		k.Text = name
	}
	return k
}
