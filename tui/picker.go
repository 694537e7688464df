package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"

	"bones-tui/tui/internal/scroll"

	tea "charm.land/bubbletea/v2"

	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/keymap"
)

// pick is what choosing an item leads to: an action, or a filter.
type pick struct {
	act    keymap.Action
	filter *logview.Filter
	name   string // for the filter in force
}

// item is one line of a picker: what it says, and a hint at the right.
type item struct {
	text, hint string
	alias      string // what else it is found by
	pick       pick
	forget     string // the name of a kept filter that can be forgotten
}

// picker is a list that typing narrows.
type picker struct {
	title string
	items []item
	free  string // if set, what is typed is the answer, and this is what it is about
	found []int  // indexes of items, best match first
	input textinput.Model
	list  scroll.List
}

func newPicker(title string, items []item) *picker {
	p := &picker{title: title, items: items, input: newInput("> ")}
	p.input.Focus()
	p.narrow()
	return p
}

// narrow finds the items that the text means.
func (p *picker) narrow() {
	texts := make([]string, len(p.items))
	for i, it := range p.items {
		texts[i] = it.text + " " + it.alias
	}
	p.found = keymap.Ranked(p.input.Value(), texts)
	p.list = scroll.List{Len: len(p.found), Height: p.list.Height}
}

// Type gives a message to the input.
func (p *picker) Type(msg tea.Msg) {
	was := p.input.Value()
	p.input, _ = p.input.Update(readable(msg)) // its commands only blink a cursor of its own
	if p.input.Value() != was {
		p.narrow()
	}
}

// Chosen is the item under the cursor; ok is false if there is none.
func (p *picker) Chosen() (chosen pick, ok bool) {
	if name := strings.TrimSpace(p.input.Value()); p.free != "" {
		return pick{name: name}, name != ""
	}
	it, ok := p.item()
	return it.pick, ok
}

// forgets reports whether forgetting means something: there is an item under the
// cursor, and at least one of all that can be forgotten.
func (p *picker) forgets() bool {
	mine := func(it item) bool { return it.forget != "" }
	return len(p.found) > 0 && slices.ContainsFunc(p.items, mine)
}

func (p *picker) item() (it item, ok bool) {
	if p.list.Cursor >= len(p.found) {
		return item{}, false
	}
	return p.items[p.found[p.list.Cursor]], true
}

// View draws the box, no wider than width and no higher than height.
func (p *picker) View(t *cells.Theme, width, height int) []string {
	inner := min(width-4, 64)
	p.input.SetWidth(max(inner-4, 1))
	p.list.Resize(len(p.found), max(min(height-4, 16, len(p.items)), 1))
	body := []string{p.input.View()}
	for i := p.list.Top; i < min(p.list.Top+p.list.Height, len(p.found)); i++ {
		body = append(body, p.row(t, inner, i))
	}
	if p.free != "" {
		for _, s := range cells.Wrap(cells.Clean(p.free).String(), inner) {
			body = append(body, t.Dim.Paint(s))
		}
	} else if len(p.found) == 0 {
		body = append(body, t.Dim.Paint("nothing like it"))
	}
	for len(body) < min(len(p.items), p.list.Height)+1 {
		body = append(body, "")
	}
	return cells.Box(t, t.Plain, t.Bold.Span(p.title), body, inner)
}

func (p *picker) row(t *cells.Theme, width, i int) string {
	it := p.items[p.found[i]]
	st, sign := t.Plain, "  "
	if i == p.list.Cursor {
		st, sign = t.Bold, t.Focus+" "
	}
	hint := cells.Clean(t.Arrows(it.hint)).Cut(width / 3)
	l := cells.NewLine(t, width).Put(st, sign).Text(st, cells.Clean(it.text).Cut(max(width-hint.Width()-4, 1)))
	return l.To(width-hint.Width()).Text(t.Dim, hint).String()
}
