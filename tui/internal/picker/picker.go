// Package picker is a list that typing narrows, to choose one item from.
package picker

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"

	"bones-tui/tui/internal/input"
	"bones-tui/tui/internal/scroll"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// Choice is what choosing an item leads to: an action, or a filter.
type Choice struct {
	Act    keymap.Action
	Filter *logview.Filter
	Name   string // for the filter in force
}

// Item is one line of a picker: what it says, and a hint at the right.
type Item struct {
	Text, Hint string
	Alias      string // what else it is found by
	Pick       Choice
	Forget     string // the name of a kept filter that can be forgotten
}

// Picker is a list that typing narrows.
type Picker struct {
	title string
	items []Item
	Free  string // if set, what is typed is the answer, and this is what it is about
	found []int  // indexes of items, best match first
	input textinput.Model
	List  scroll.List
}

// New lists items, the first of them under the cursor.
func New(title string, items []Item) *Picker {
	p := &Picker{title: title, items: items, input: input.New("> ")}
	p.input.Focus()
	p.narrow()
	return p
}

// narrow finds the items that the text means.
func (p *Picker) narrow() {
	texts := make([]string, len(p.items))
	for i, it := range p.items {
		texts[i] = it.Text + " " + it.Alias
	}
	p.found = keymap.Ranked(p.input.Value(), texts)
	p.List = scroll.List{Len: len(p.found), Height: p.List.Height}
}

// Type gives a message to the input.
func (p *Picker) Type(msg tea.Msg) {
	was := p.input.Value()
	p.input, _ = p.input.Update(input.Readable(msg)) // its commands only blink a cursor of its own
	if p.input.Value() != was {
		p.narrow()
	}
}

// Chosen is the item under the cursor; ok is false if there is none.
func (p *Picker) Chosen() (chosen Choice, ok bool) {
	if name := strings.TrimSpace(p.input.Value()); p.Free != "" {
		return Choice{Name: name}, name != ""
	}
	it, ok := p.Item()
	return it.Pick, ok
}

// Forgets reports whether forgetting means something: there is an item under the
// cursor, and at least one of all that can be forgotten.
func (p *Picker) Forgets() bool {
	mine := func(it Item) bool { return it.Forget != "" }
	return len(p.found) > 0 && slices.ContainsFunc(p.items, mine)
}

// Item is the line under the cursor; ok is false if there is none.
func (p *Picker) Item() (it Item, ok bool) {
	if p.List.Cursor >= len(p.found) {
		return Item{}, false
	}
	return p.items[p.found[p.List.Cursor]], true
}

// Cursor is where the next character goes, in the box's first row.
func (p *Picker) Cursor() *tea.Cursor { return p.input.Cursor() }

// View draws the box, no wider than width and no higher than height.
func (p *Picker) View(t *cells.Theme, width, height int) []string {
	inner := min(width-4, 64)
	p.input.SetWidth(max(inner-4, 1))
	p.List.Resize(len(p.found), max(min(height-4, 16, len(p.items)), 1))
	body := []string{p.input.View()}
	for i := p.List.Top; i < min(p.List.Top+p.List.Height, len(p.found)); i++ {
		body = append(body, p.row(t, inner, i))
	}
	if p.Free != "" {
		for _, s := range cells.Wrap(cells.Clean(p.Free).String(), inner) {
			body = append(body, t.Dim.Paint(s))
		}
	} else if len(p.found) == 0 {
		body = append(body, t.Dim.Paint("nothing like it"))
	}
	for len(body) < min(len(p.items), p.List.Height)+1 {
		body = append(body, "")
	}
	return cells.Box(t, t.Plain, t.Bold.Span(p.title), body, inner)
}

func (p *Picker) row(t *cells.Theme, width, i int) string {
	it := p.items[p.found[i]]
	st, sign := t.Plain, "  "
	if i == p.List.Cursor {
		st, sign = t.Bold, t.Focus+" "
	}
	hint := cells.Clean(t.Arrows(it.Hint)).Cut(width / 3)
	l := cells.NewLine(t, width).Put(st, sign).Text(st, cells.Clean(it.Text).Cut(max(width-hint.Width()-4, 1)))
	return l.To(width-hint.Width()).Text(t.Dim, hint).String()
}
