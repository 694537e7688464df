package keymap

import (
	"fmt"
	"strconv"
	"strings"
)

// RebindError says for which command other keys cannot be, and why.
type RebindError struct{ Command, Msg string }

// Error names the command.
func (e *RebindError) Error() string { return e.Command + ": " + e.Msg }

func refuse(command, format string, args ...any) error {
	return &RebindError{command, fmt.Sprintf(format, args...)}
}

// Rebound is the table with other keys for some commands. The error is
// a *RebindError: there is no such command or key, or the key is another command's.
func (m Map) Rebound(keys map[string][]string) (Map, error) {
	out := append(Map(nil), m...)
	named := commandNames()
	changed := map[int]string{} // index in the table → command
	for name, list := range keys {
		if err := checkKeys(name, list); err != nil {
			return nil, err
		}
		found := false
		for i := range out {
			if named[out[i].act] != name || out[i].in&(inPanes|InDetail) == 0 {
				continue
			}
			found = found || out[i].in&inPanes != 0
			changed[i] = name
			out[i] = out[i].withKeys(list)
		}
		if !found {
			return nil, refuse(name, "there is no such command")
		}
	}
	for i, name := range changed {
		for j := range out {
			if k := shared(out[i], out[j]); k != "" && out[j].act != out[i].act && shared(m[i], m[j]) != k {
				return nil, refuse(name, "%q is also the key of %q", k, out[j].Help().Desc)
			}
		}
	}
	return out, nil
}

// withKeys is the binding with other keys. ctrl+c always leaves.
func (b binding) withKeys(keys []string) binding {
	if b.act == Quit {
		keys = append(keys[:len(keys):len(keys)], "ctrl+c")
	}
	b.SetKeys(keys...)
	b.SetHelp(keys[0], b.Help().Desc)
	return b
}

// shared is a key of both bindings in a place where both are heard.
func shared(a, b binding) string {
	if a.in&b.in == 0 {
		return ""
	}
	for _, k := range a.Keys() {
		for _, other := range b.Keys() {
			if k == other {
				return k
			}
		}
	}
	return ""
}

func checkKeys(name string, keys []string) error {
	if len(keys) == 0 {
		return refuse(name, "must name at least one key")
	}
	for _, k := range keys {
		switch {
		case k == "esc" || k == "ctrl+c":
			return refuse(name, "%q always leads back or out", k)
		case !isKey(k):
			return refuse(name, "%q is no key that every terminal can send", k)
		}
	}
	return nil
}

// isKey reports whether terminals without extensions can send the key.
func isKey(k string) bool {
	if base, ok := strings.CutPrefix(k, "ctrl+"); ok {
		return len(base) == 1 && base[0] >= 'a' && base[0] <= 'z' && !strings.Contains("chijkm", base)
	}
	switch k {
	case "tab", "shift+tab", "enter", "space", "up", "down", "left", "right", "home", "end", "pgup", "pgdown",
		"backspace", "delete", "insert", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12":
		return true
	}
	r := []rune(k)
	return len(r) == 1 && r[0] > ' ' && strconv.IsPrint(r[0])
}
