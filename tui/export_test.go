package tui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/layout"
	"bones-tui/tui/internal/logpane"
	"bones-tui/tui/internal/pace"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui/internal/keymap"
	"bones-tui/tui/internal/keymap/keytest"
)

// Screen runs the model and its commands as a program would, without a terminal:
// what a command returns is obeyed when the test waits for something.
type Screen struct {
	t    testing.TB
	m    *model
	fx   *effects
	msgs chan tea.Msg
	stop chan struct{}
	runs sync.WaitGroup

	Quit      bool
	Clipboard string // what was copied last
	Bells     int    // how often the bell rang
}

// NewScreen starts a dashboard of the given size.
func NewScreen(tb testing.TB, c Config, w, h int) *Screen {
	tb.Helper()
	fx := newEffects(context.Background(), c)
	s := &Screen{t: tb, fx: fx, m: openModel(fx), msgs: make(chan tea.Msg), stop: make(chan struct{})}
	tb.Cleanup(func() { close(s.stop); fx.close(); s.runs.Wait() })
	s.run(s.m.Init())
	s.Send(tea.WindowSizeMsg{Width: w, Height: h})
	return s
}

func (s *Screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	s.runs.Go(func() {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, c := range batch {
				s.run(c)
			}
			return
		}
		select {
		case s.msgs <- msg:
		case <-s.stop:
		}
	})
}

// Send has the model obey one message.
func (s *Screen) Send(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		s.Quit = true
		return
	}
	if fmt.Sprintf("%T", msg) == "tea.setClipboardMsg" { // for the program, not for the model
		s.Clipboard = fmt.Sprint(msg)
		return
	}
	if raw, ok := msg.(tea.RawMsg); ok && raw.Msg == "\a" {
		s.Bells++
		return
	}
	_, cmd := s.m.Update(msg)
	s.run(cmd)
}

// Press types keys by the names that the key table uses.
func (s *Screen) Press(keys ...string) {
	for _, k := range keys {
		s.Send(KeyPress(k))
	}
}

// Type types text, rune by rune.
func (s *Screen) Type(text string) {
	for _, r := range text {
		s.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Frame is the screen with its styles; Text is without.
func (s *Screen) Frame() string { return s.m.View().Content }

// View is everything the terminal is told.
func (s *Screen) View() tea.View { return s.m.View() }

// Await obeys messages until the condition holds.
func (s *Screen) Await(what string, done func() bool) {
	s.t.Helper()
	deadline := time.After(time.Minute)
	for !done() {
		select {
		case msg := <-s.msgs:
			s.Send(msg)
		case <-deadline:
			s.t.Fatalf("no %s within a minute:\n%s", what, plain(s.Frame()))
		}
	}
}

// AwaitText waits for text on the screen.
func (s *Screen) AwaitText(text string) {
	s.t.Helper()
	s.Await("text "+text, func() bool { return strings.Contains(plain(s.Frame()), text) })
}

// AwaitNoText waits for text to leave the screen.
func (s *Screen) AwaitNoText(text string) {
	s.t.Helper()
	s.Await("screen without "+text, func() bool { return !strings.Contains(plain(s.Frame()), text) })
}

// AwaitNews waits until the news pane has all that it will get.
func (s *Screen) AwaitNews() {
	s.t.Helper()
	s.Await("news", func() bool {
		m := s.m
		quiet := m.hub.Life == hubstate.Starting || m.hub.Life == hubstate.Draining
		return m.toldNews() || quiet && (m.news.Known || m.session.Activity == nil)
	})
}

// AwaitDialog waits for a dialog that hears keys.
func (s *Screen) AwaitDialog() {
	s.t.Helper()
	s.Await("dialog", func() bool { return s.m.dialog != nil && s.m.dialog.Armed })
}

// DialogOpen reports whether a question is open.
func (s *Screen) DialogOpen() bool { return s.m.dialog != nil }

// Outcome is what Run would return.
func (s *Screen) Outcome() Outcome { return s.m.outcome() }

// Light tells the model that the terminal's background is light.
func (s *Screen) Light() { s.m.setTheme(false) }

// Look changes the background, and what glyphs there are.
func (s *Screen) Look(dark, ascii bool) {
	s.m.cfg.ASCII = ascii
	s.m.setTheme(dark)
	s.m.arrange()
}

// Places is what the screen shows, in the words of AllPlaces.
func (s *Screen) Places() []string {
	out := []string{lifeNames()[s.m.hub.Life], modeNames()[s.m.mode]}
	if s.m.mode == modeNormal {
		out = append(out, "pane "+s.m.focus.String())
	}
	return out
}

// AllPlaces is every state of the hub, every mode and every pane.
func AllPlaces() []string {
	var out []string
	for l := range hubstate.Count {
		out = append(out, lifeNames()[l])
	}
	for m := range modeCount {
		out = append(out, modeNames()[m])
	}
	for p := range layout.Count {
		out = append(out, "pane "+p.String())
	}
	return out
}

func lifeNames() [hubstate.Count]string {
	return [...]string{
		"starting hub", "ready hub", "degraded hub", "draining hub", "stopped hub", "failed hub", "hub that is gone",
	}
}

func modeNames() [modeCount]string {
	return [...]string{"panes", "filter input", "dialog", "help", "detail", "picker", "facets"}
}

// KeyPress is the message for a key by its name in the key table.
func KeyPress(name string) tea.KeyPressMsg { return keytest.Press(name) }

func plain(s string) string { return ansi.Strip(s) }

// Resize gives the screen another size.
func (s *Screen) Resize(w, h int) { s.Send(tea.WindowSizeMsg{Width: w, Height: h}) }

// Stopped is the answer to a stop that has failed.
func Stopped(gen int, err error) tea.Msg { return stoppedMsg{gen: gen, err: err} }

// KeyNames lists every key of the key table.
func KeyNames() []string {
	var out []string
	for _, b := range keymap.Default() {
		out = append(out, b.Keys()...)
	}
	return append(out, "y", "w", "b", "F", "backspace", "x")
}

// Messages as the commands send them, for the generation that is current.
func Sampled(st hub.Status, err error) tea.Msg {
	return statusMsg{gen: 1, status: st, err: err, now: st.At}
}
func Slots(all []slots.Slot, err error) tea.Msg { return slotsMsg{gen: 1, slots: all, err: err} }
func Gone(err error) tea.Msg                    { return hubGoneMsg{gen: 1, err: err} }

// Clock tells the time.
func (s *Screen) Clock(now time.Time) { s.Send(clockMsg{s.m.ticks, now}) }

// CountsErrors reports whether it is known how many errors the log has.
func (s *Screen) CountsErrors() bool { return s.m.alarms.Counting() }

// Click presses the left button at a cell.
func (s *Screen) Click(x, y int) { s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

// Wheel turns the wheel by one notch: -1 is up.
func (s *Screen) Wheel(x, y, by int) {
	button := tea.MouseWheelDown
	if by < 0 {
		button = tea.MouseWheelUp
	}
	s.Send(tea.MouseWheelMsg{X: x, Y: y, Button: button})
}

// Step obeys one message of a command, if one has come.
func (s *Screen) Step() {
	select {
	case msg := <-s.msgs:
		s.Send(msg)
	default:
	}
}

// Stop ends the commands before the test does.
func (s *Screen) Stop() { s.fx.close() }

// Batch is n lines that have come, as the log's command tells of them.
func (s *Screen) Batch(n int) tea.Msg {
	rows := s.m.log.Window.Rows
	rows = append([]logview.Row(nil), rows[len(rows)-n:]...)
	return logpane.BatchMsg{Feed: s.m.log.Feed.ID, Batch: logpane.Batch{Snap: s.m.log.Snapshot, Rows: rows, Count: n}}
}

// AwaitDetail waits until the open detail has been read.
func (s *Screen) AwaitDetail() {
	s.t.Helper()
	s.Await("detail", func() bool {
		return s.m.details.Shown() != nil && s.m.details.Shown().Known && !s.m.details.Shown().Loading
	})
}

// Unanswered is the message that the terminal does not answer any more.
var Unanswered tea.Msg = pace.UnansweredMsg{}

// NewFarewell is the filter of a program that has just begun.
func NewFarewell() func(tea.Model, tea.Msg) tea.Msg { return new(pace.Farewell).Filter }
