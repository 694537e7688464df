package input

import (
	"errors"
	"slices"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/layout"
)

// Filter is the line in which a filter is typed. What can be parsed is in
// force at once; what cannot is marked at its column and changes nothing.
type Filter struct {
	text    textinput.Model
	Pane    layout.Pane     // whose filter it is
	Before  *logview.Filter // in force when the input was opened
	problem *logview.SyntaxError

	history     []string // what was kept before, oldest first
	at          int      // in history; len(history) is the line being typed
	typed       string   // that line
	Completions []string // completions of the word at the cursor
	offer       int      // the one that is in the text
	barren      bool     // completions were asked for, and there are none
}

// maxHistory bounds how many filters are remembered.
const maxHistory = 100

// Prompt is what stands before a filter that is typed.
const Prompt = " / "

// NewFilter returns an input without history.
func NewFilter() Filter { return Filter{text: New(Prompt)} }

// Open starts with the text of the filter in force.
func (f *Filter) Open(pane layout.Pane, in *logview.Filter) {
	f.Pane = pane
	f.Before, f.problem = in, nil
	f.moved()
	f.at = len(f.history)
	f.text.SetValue("")
	if in != nil {
		f.text.SetValue(in.String())
	}
	f.text.CursorEnd()
	f.text.Focus()
}

// Parse is the filter that the text stands for; ok is false if it stands for none.
func (f *Filter) Parse() (in *logview.Filter, ok bool) {
	f.problem = nil
	in, err := logview.ParseFilter(f.text.Value())
	if err == nil {
		return in, true
	}
	if !errors.As(err, &f.problem) {
		f.problem = &logview.SyntaxError{Col: 1, Msg: err.Error()}
	}
	return nil, false
}

// Type gives a key or a paste to the input, and reports whether the text has changed.
func (f *Filter) Type(msg tea.Msg) (changed bool) {
	was := f.text.Value()
	f.text, _ = f.text.Update(Readable(msg)) // its commands only blink a cursor of its own
	f.moved()
	return f.text.Value() != was
}

// Valid reports whether what is typed makes sense.
func (f *Filter) Valid() bool { return f.problem == nil }

// Cursor is where the next character goes, in the line that View draws.
func (f *Filter) Cursor() *tea.Cursor { return f.text.Cursor() }

// History is what was kept before, the oldest first.
func (f *Filter) History() []string { return f.history }

// SetHistory takes what was kept before, of which the last ones count.
func (f *Filter) SetHistory(kept []string) {
	for _, text := range kept[max(0, len(kept)-maxHistory):] {
		f.history = append(f.history, visible(text))
	}
}

// Tells reports whether there is something to say about the text.
func (f *Filter) Tells() bool { return f.problem != nil || len(f.Completions) > 1 || f.barren }

// Told is what there is to say: what cannot be understood, or which completions there are.
func (f *Filter) Told(t *cells.Theme, width int) string {
	switch {
	case f.problem != nil:
		return f.pointOut(t, width)
	case f.barren:
		return cells.NewLine(t, width).Gap(len(Prompt)).Put(t.Dim, "nothing completes this word").String()
	}
	return f.choices(t, width)
}

// View is the input itself.
func (f *Filter) View(t *cells.Theme, width int) string {
	f.text.SetWidth(max(width-len(Prompt)-1, 1))
	return cells.NewLine(t, width).Styled(f.text.View()).String()
}

// pointOut points at the column that cannot be understood.
func (f *Filter) pointOut(t *cells.Theme, width int) string {
	p := f.problem
	text := cells.Clean(p.Msg)
	if p.Hint != "" {
		text = cells.Clean(p.Msg + " (" + p.Hint + ")")
	}
	// The sign goes under the column, or beside the text if that would not fit.
	at := min(len(Prompt)+p.Col-1, max(width-text.Width()-3, 0))
	return cells.NewLine(t, width).Gap(at).Put(t.BadBold, t.ArrowUp+" ").Text(t.Bad, text).String()
}

// Remember keeps the text for the next time.
func (f *Filter) Remember() {
	text := f.text.Value()
	f.history = slices.DeleteFunc(f.history, func(s string) bool { return s == text })
	if text != "" {
		f.history = append(f.history, text)
	}
	f.history = f.history[max(0, len(f.history)-maxHistory):]
}

// Recall goes back in what was kept, or forward to what was being typed.
func (f *Filter) Recall(by int) {
	to, text, ok := f.other(by)
	if !ok {
		return
	}
	if f.at == len(f.history) {
		f.typed = f.text.Value()
	}
	f.at = to
	f.moved()
	f.text.SetValue(text)
	f.text.CursorEnd()
}

// Reach reports whether there is an older text to recall, and a newer one.
func (f *Filter) Reach() (older, newer bool) {
	_, _, older = f.other(-1)
	_, _, newer = f.other(1)
	return older, newer
}

// other finds the next text in a direction that is not the one that is shown.
func (f *Filter) other(by int) (at int, text string, ok bool) {
	shown := f.text.Value()
	for at = f.at + by; at >= 0 && at <= len(f.history); at += by {
		if text = f.typed; at < len(f.history) {
			text = f.history[at]
		}
		if text != shown {
			return at, text, true
		}
	}
	return 0, "", false
}

// Complete puts the first completion of the word at the cursor in its place, and
// the next one each further time.
func (f *Filter) Complete(seen logview.Values) {
	text, end := []rune(f.text.Value()), f.text.Position()
	start := logview.WordStart(string(text), end)
	if len(f.Completions) > 1 {
		f.offer = (f.offer + 1) % len(f.Completions)
	} else {
		f.Completions, f.offer = logview.Complete(string(text), end, seen), 0
	}
	if f.barren = len(f.Completions) == 0 || len(f.Completions) == 1 && f.Completions[0] == string(text[start:end]); f.barren {
		return
	}
	word := []rune(f.Completions[f.offer])
	f.text.SetValue(string(text[:start]) + string(word) + string(text[end:]))
	f.text.SetCursor(start + len(word))
}

// moved forgets the completions of the word at the cursor: it may be another one.
func (f *Filter) moved() { f.Completions, f.barren = nil, false }

// choices lists the completions there are.
func (f *Filter) choices(t *cells.Theme, width int) string {
	l := cells.NewLine(t, width).Gap(len(Prompt))
	for i, o := range f.Completions {
		st := t.Dim
		if i == f.offer {
			st = t.Bold
		}
		l.Text(st, cells.Clean(o)).Gap(2)
	}
	return l.String()
}
