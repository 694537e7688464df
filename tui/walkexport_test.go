package tui

import (
	"fmt"
	"slices"
	"strings"
)

// FooterKeys are the keys that the footer names now, by the first name of each.
func (s *Screen) FooterKeys() []string {
	if s.m.mode == modeDialog {
		return nil
	}
	left, right := s.m.keys.footer(s.m.situation())
	var out []string
	for _, b := range slices.Concat(left, right) {
		out = append(out, b.Keys()[0])
	}
	return out
}

// Does presses a key and reports whether anything came of it: another frame,
// another state, or a command.
func (s *Screen) Does(key string) bool {
	before := s.fingerprint()
	_, cmd := s.m.Update(KeyPress(key))
	s.run(cmd)
	return cmd != nil || before != s.fingerprint()
}

func (s *Screen) fingerprint() string {
	m := s.m
	return fmt.Sprint(m.mode, m.focus, m.zoomed, m.slots.order, m.log.window.follow, m.log.clock, m.log.highlight,
		m.hidden, m.notice.text, m.filter().String(), "\n", s.Frame())
}

// Situation describes where a key is heard, for the messages of tests.
func (s *Screen) Situation() string { return fmt.Sprintf("%+v", s.m.situation()) }

// Broken names what of the model's parts does not fit together, "" if all does.
func (s *Screen) Broken() string {
	m := s.m
	var out []string
	for _, c := range []struct {
		bad  bool
		what string
	}{
		{m.focus >= paneCount, "no pane has the focus"},
		{(m.mode == modeDialog) != (m.dialog != nil), "the mode and the dialog"},
		{m.mode == modeDetail && m.detail == nil, "the mode and the detail"},
		{(m.mode == modePicker) != (m.picker != nil), "the mode and the picker"},
		{m.layout.shape != shapeTiny && m.layout.shape != shapeSingle && m.zoomed && m.layout.panes[m.focus].h == 0, "the zoomed pane is not shown"},
		{m.w > 0 && m.layout.shape != shapeTiny && m.layout.panes[m.focus].h == 0, "the focused pane is not shown"},
	} {
		if c.bad {
			out = append(out, c.what)
		}
	}
	return strings.Join(out, ", ")
}
