package tui

import (
	"errors"
	"slices"

	"charm.land/bubbles/v2/textinput"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

// filterInput is the line in which a filter is typed. What can be parsed is in
// force at once; what cannot is marked at its column and changes nothing.
type filterInput struct {
	text    textinput.Model
	pane    paneID          // whose filter it is
	before  *logview.Filter // in force when the input was opened
	problem *logview.SyntaxError

	history []string // what was kept before, oldest first
	at      int      // in history; len(history) is the line being typed
	typed   string   // that line
	offers  []string // completions of the word at the cursor
	offer   int      // the one that is in the text
	barren  bool     // completions were asked for, and there are none
}

// maxHistory bounds how many filters are remembered.
const maxHistory = 100

const filterPrompt = " / "

func newFilterInput() filterInput { return filterInput{text: newInput(filterPrompt)} }

// open starts with the text of the filter in force.
func (f *filterInput) open(pane paneID, in *logview.Filter) {
	f.pane = pane
	f.before, f.problem = in, nil
	f.moved()
	f.at = len(f.history)
	f.text.SetValue("")
	if in != nil {
		f.text.SetValue(in.String())
	}
	f.text.CursorEnd()
	f.text.Focus()
}

// parse is the filter that the text stands for; ok is false if it stands for none.
func (f *filterInput) parse() (in *logview.Filter, ok bool) {
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

// View is the input itself; Problem is the line below it.
func (f *filterInput) View(t *cells.Theme, width int) string {
	f.text.SetWidth(max(width-len(filterPrompt)-1, 1))
	return cells.NewLine(t, width).Styled(f.text.View()).String()
}

// Problem points at the column that cannot be understood.
func (f *filterInput) Problem(t *cells.Theme, width int) string {
	p := f.problem
	text := cells.Clean(p.Msg)
	if p.Hint != "" {
		text = cells.Clean(p.Msg + " (" + p.Hint + ")")
	}
	// The sign goes under the column, or beside the text if that would not fit.
	at := min(len(filterPrompt)+p.Col-1, max(width-text.Width()-3, 0))
	return cells.NewLine(t, width).Gap(at).Put(t.BadBold, t.ArrowUp+" ").Text(t.Bad, text).String()
}

// Remember keeps the text for the next time.
func (f *filterInput) Remember() {
	text := f.text.Value()
	f.history = slices.DeleteFunc(f.history, func(s string) bool { return s == text })
	if text != "" {
		f.history = append(f.history, text)
	}
	f.history = f.history[max(0, len(f.history)-maxHistory):]
}

// Recall goes back in what was kept, or forward to what was being typed.
func (f *filterInput) Recall(by int) {
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
func (f *filterInput) Reach() (older, newer bool) {
	_, _, older = f.other(-1)
	_, _, newer = f.other(1)
	return older, newer
}

// other finds the next text in a direction that is not the one that is shown.
func (f *filterInput) other(by int) (at int, text string, ok bool) {
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
func (f *filterInput) Complete(seen logview.Values) {
	text, end := []rune(f.text.Value()), f.text.Position()
	start := logview.WordStart(string(text), end)
	if len(f.offers) > 1 {
		f.offer = (f.offer + 1) % len(f.offers)
	} else {
		f.offers, f.offer = logview.Complete(string(text), end, seen), 0
	}
	if f.barren = len(f.offers) == 0 || len(f.offers) == 1 && f.offers[0] == string(text[start:end]); f.barren {
		return
	}
	word := []rune(f.offers[f.offer])
	f.text.SetValue(string(text[:start]) + string(word) + string(text[end:]))
	f.text.SetCursor(start + len(word))
}

// moved forgets the completions of the word at the cursor: it may be another one.
func (f *filterInput) moved() { f.offers, f.barren = nil, false }

// Offers lists the completions there are, if there is a choice.
func (f *filterInput) Offers(t *cells.Theme, width int) string {
	l := cells.NewLine(t, width).Gap(len(filterPrompt))
	for i, o := range f.offers {
		st := t.Dim
		if i == f.offer {
			st = t.Bold
		}
		l.Text(st, cells.Clean(o)).Gap(2)
	}
	return l.String()
}
