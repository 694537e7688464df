package termtest

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Type sends text to the program as if it were typed.
func (c *Console) Type(text string) error {
	if _, err := c.pty.WriteString(text); err != nil {
		return fmt.Errorf("termtest: type: %w", err)
	}
	return nil
}

// Key sends one key: a character, a name such as "enter", "esc", "pgdown" or "f5", or either with a modifier such as
// "ctrl+c", "alt+x", "shift+tab", "ctrl+left". Other names are ErrKey.
func (c *Console) Key(name string) error {
	s, err := keyBytes(name)
	if err != nil {
		return err
	}
	return c.Type(s)
}

// Paste sends text as a terminal does when the user pastes it.
func (c *Console) Paste(text string) error {
	c.screen.mu.Lock()
	bracketed := c.screen.modes.on[ansi.ModeBracketedPaste]
	c.screen.mu.Unlock()
	if bracketed {
		text = ansi.BracketedPasteStart + text + ansi.BracketedPasteEnd
	}
	return c.Type(text)
}

// ErrKey says that a key has no name that this package knows.
var ErrKey = errors.New("termtest: no such key")

// keyNames has the bytes that XTerm sends for keys without a character (XTerm Control Sequences, "PC-Style Function Keys").
// Where a modifier can be put in, the sequence is written with its parameter: CSI 1 ; m A.
func keyNames() map[string]string {
	return map[string]string{
		"enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "esc": "\x1b", "space": " ", "backspace": "\x7f",
		"ctrl+space": "\x00", "ctrl+\\": "\x1c", "ctrl+]": "\x1d", "ctrl+_": "\x1f",
		"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
		"insert": "\x1b[2~", "delete": "\x1b[3~", "pgup": "\x1b[5~", "pgdown": "\x1b[6~",
		"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
		"f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~",
	}
}

// keyBytes returns what a terminal sends for a key: one character, a name such as "enter", "pgdown" or "f5",
// and with the modifiers "ctrl+c", "alt+x", "shift+tab", "ctrl+left".
func keyBytes(name string) (string, error) {
	names := keyNames()
	if s, ok := names[name]; ok {
		return s, nil
	}
	if utf8.RuneCountInString(name) == 1 {
		return name, nil
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		s, err := keyBytes(rest)
		return "\x1b" + s, err
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok && len(rest) == 1 && rest[0] >= 'a' && rest[0] <= 'z' {
		return string(rest[0] & 0x1f), nil
	}
	for i, modifier := range []string{"shift+", "ctrl+"} {
		if rest, ok := strings.CutPrefix(name, modifier); ok {
			if s, ok := modified(names[rest], '2'+byte(i*3)); ok {
				return s, nil
			}
		}
	}
	return "", fmt.Errorf("%w: %q", ErrKey, name)
}

// modified puts a modifier into the sequence of a key: CSI A becomes CSI 1;mA, and CSI 5~ becomes CSI 5;m~.
func modified(s string, m byte) (string, bool) {
	params, ok := strings.CutPrefix(s, "\x1b[")
	if !ok {
		return "", false
	}
	final := params[len(params)-1:]
	if params = params[:len(params)-1]; params == "" {
		params = "1"
	}
	return "\x1b[" + params + ";" + string(m) + final, true
}
