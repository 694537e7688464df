package tui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bones-tui/tui/internal/layout"

	tea "charm.land/bubbletea/v2"
)

// Stage runs the model within a bubble of testing/synctest: time moves only when
// the test lets it, and what commands return waits until the test delivers it, in an
// order that is the same in every run.
type Stage struct {
	m  *model
	fx *effects

	mu   sync.Mutex
	runs int // commands so far
	come []outcome

	Quit   bool
	events int // what has been asked of the terminal or of the program
}

// outcome is what the n-th command has returned.
type outcome struct {
	n   int
	msg tea.Msg
}

// NewStage opens a dashboard. It must be closed within the bubble.
func NewStage(c Config, w, h int) *Stage {
	fx := newEffects(context.Background(), c)
	s := &Stage{fx: fx, m: openModel(fx)}
	s.run(s.m.Init())
	s.Send(tea.WindowSizeMsg{Width: w, Height: h})
	return s
}

// Close ends every command.
func (s *Stage) Close() { s.fx.close(); synctest.Wait() }

func (s *Stage) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	s.mu.Lock()
	s.runs++
	n := s.runs
	s.mu.Unlock()
	go func() {
		msg := cmd()
		s.mu.Lock()
		defer s.mu.Unlock()
		if msg != nil {
			s.come = append(s.come, outcome{n, msg})
		}
	}()
}

// Send has the model obey one message. What is meant for the terminal or the program
// is only counted.
func (s *Stage) Send(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			s.run(c)
		}
		return
	case tea.QuitMsg:
		s.Quit = true
	case tea.WindowSizeMsg, tea.KeyPressMsg, tea.PasteMsg, tea.MouseClickMsg, tea.MouseWheelMsg, tea.FocusMsg, tea.BlurMsg,
		tea.ResumeMsg, tea.BackgroundColorMsg:
	default:
		if strings.HasPrefix(fmt.Sprintf("%T", msg), "tea.") {
			s.events++
			return
		}
	}
	_, cmd := s.m.Update(msg)
	s.run(cmd)
}

// Deliver has the model obey up to n messages that have come, the oldest command's
// first. It reports whether there was one.
func (s *Stage) Deliver(n int) bool {
	synctest.Wait()
	s.mu.Lock()
	slices.SortFunc(s.come, func(a, b outcome) int { return cmp.Compare(a.n, b.n) })
	n = min(n, len(s.come))
	now := s.come[:n:n]
	s.come = s.come[n:]
	s.mu.Unlock()
	for _, o := range now {
		s.Send(o.msg)
	}
	return n > 0
}

// Settle delivers until nothing comes any more without time going by.
func (s *Stage) Settle(tb testing.TB) {
	tb.Helper()
	for range 10_000 {
		if !s.Deliver(1 << 20) {
			return
		}
	}
	tb.Fatalf("it never settles: %s", s.Situation())
}

// Pass lets time go by.
func (s *Stage) Pass(d time.Duration) { time.Sleep(d) }

// View is everything the terminal is told.
func (s *Stage) View() tea.View { return s.m.View() }

// Situation describes where a key is heard, for the messages of tests.
func (s *Stage) Situation() string {
	return fmt.Sprintf("mode %d, focus %s, %+v", s.m.mode, s.m.focus, s.m.situation())
}

// Mark tells two states apart by what has been asked of the hub and the terminal, and
// by what the operator could notice, at once or as soon
// as nothing is drawn over the panes.
func (s *Stage) Mark() string {
	m := s.m
	v := m.View()
	report, hidden := m.report, m.hidden
	m.report, m.hidden = nil, true
	below := m.View().Content
	m.report, m.hidden = report, hidden
	return fmt.Sprint(s.Quit, s.events, m.gen, v.MouseMode, v.WindowTitle, v.Cursor, "\n", v.Content, "\n", below)
}

// Offer is a key and what the screen says of it.
type Offer struct{ Key, Text string }

// Offers are the keys that the bottom line and the open dialog name in a frame. The
// notice of before is gone then, so that the same one again can be told from nothing.
func (s *Stage) Offers() []Offer {
	m := s.m
	m.notice.Drop()
	if m.layout.Shape == layout.Tiny || s.Quit {
		return nil
	}
	if d := m.dialog; m.mode == modeDialog {
		if !d.Armed {
			return nil
		}
		out := []Offer{{"esc", d.Keep}, {"enter", d.Keep}}
		for _, c := range d.Offers() {
			out = append(out, Offer{c.Keys()[0], c.Help().Desc})
		}
		return out
	}
	rows := strings.Split(plain(m.View().Content), "\n")
	left, right := m.keys.Footer(m.situation())
	var out []Offer
	for _, b := range slices.Concat(left, right) {
		if text := b.Help().Key + " " + b.Help().Desc; strings.Contains(rows[len(rows)-1], text) {
			for _, k := range b.Keys() {
				out = append(out, Offer{k, text})
			}
		}
	}
	for text, key := range promises {
		if m.mode == modeNormal && strings.Contains(strings.Join(rows, "\n"), text) {
			out = append(out, Offer{key, text})
		}
	}
	slices.SortFunc(out, func(a, b Offer) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Text, b.Text)) })
	return out
}

// promises are what the screen says of keys beside the bottom line.
var promises = map[string]string{
	"esc dismisses": "esc", "esc closes this": "esc", "Esc hides this": "esc", "esc calls it off": "esc", "s shows them": "s",
	"S does not wait.": "S", "r starts it again": "r", "(esc clears it)": "esc",
}

// Broken names what of the model's parts does not fit together, "" if all does.
func (s *Stage) Broken() string {
	m := s.m
	var out []string
	for _, c := range []struct {
		bad  bool
		what string
	}{
		{m.focus >= layout.Count, "no pane has the focus"},
		{(m.mode == modeDialog) != (m.dialog != nil), "the mode and the dialog"},
		{(m.mode == modePicker) && m.picker == nil, "the mode and the picker"},
		{(m.mode == modeDetail) && m.details.Shown() == nil, "the mode and the detail"},
		{(m.mode == modeFacets) && m.log.Facets() == nil, "the mode and the facets"},
		{m.layout.Shape != layout.Tiny && m.layout.Areas[m.focus].Height == 0, "the focused pane is not shown"},
		{lost(m.log.Position()), "the log's cursor is on no row"},
		{m.slots.List.Cursor >= max(len(m.slots.Rows), 1), "the slots' cursor is on no row"},
	} {
		if c.bad {
			out = append(out, c.what)
		}
	}
	return strings.Join(out, ", ")
}

func lost(at, of int) bool { return at >= max(of, 1) }
