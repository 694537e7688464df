package pace

import (
	"io"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// still shows nothing and ends at the first message that it is sent.
type still struct{}

func (still) Init() tea.Cmd                         { return func() tea.Msg { return "end" } }
func (s still) Update(tea.Msg) (tea.Model, tea.Cmd) { return s, tea.Quit }
func (still) View() tea.View                        { return tea.NewView("") }

// The field is not of Bubble Tea's API: a release that renames it must not bring the
// idle wakeups back unnoticed.
func TestTheRenderersTickerIsFound(t *testing.T) {
	p := New(still{}, 20)
	defer p.End()
	p.Program = tea.NewProgram(p, tea.WithContext(t.Context()), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler())
	if _, err := p.Program.Run(); err != nil {
		t.Fatal(err)
	}
	if p.ticker == nil {
		t.Error("the renderer keeps its rate: no ticker was found")
	}
}

func TestPace(t *testing.T) {
	const frame = 50 * time.Millisecond
	p := New(still{}, 20)
	p.ticker, p.next = time.NewTicker(time.Hour), time.AfterFunc(time.Hour, func() {})
	defer p.End()
	key := func() { p.Update(tea.KeyPressMsg{Code: 'x'}); p.View() }
	data := func() { p.Update("data"); p.View() }
	for _, step := range []struct {
		what  string
		do    func()
		every time.Duration
	}{
		{"data at the start", data, frame},
		{"a key", key, prompt},
		{"data that the key brought", data, prompt},
		{"a while later", p.slower, frame},
		{"nothing", p.slower, 0},
		{"data after a rest", data, frame},
		{"more of it", data, frame},
		{"nothing", p.slower, 0},
		{"a key after a rest", key, prompt},
	} {
		step.do()
		if p.every != step.every {
			t.Errorf("after %s a frame is looked for every %v, not %v", step.what, p.every, step.every)
		}
	}
}
