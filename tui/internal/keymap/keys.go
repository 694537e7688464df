package keymap

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// binding is one row of the key table: what to press, what it does, where and
// when, and whether the footer names it.
type binding struct {
	key.Binding
	act   Action
	in    Scope
	group string
	when  func(Situation) bool // nil: whenever in scope
	foot  footer
}

// footer says where at the bottom a key is shown.
type footer uint8

const (
	footNone     footer = iota
	footLeft            // what the pane can do
	footRight           // what is always there
	footUnlisted        // nowhere, nor in help: it only says why it does nothing
)

// Map is the one key table: dispatch, footer and help read nothing else. The
// first binding that matches in the situation wins.
type Map []binding

func bind(act Action, in Scope, group, keys, desc string, more ...func(*binding)) binding {
	b := binding{act: act, in: in, group: group}
	names := splitKeys(keys)
	b.Binding = key.NewBinding(key.WithKeys(names...), key.WithHelp(names[0], desc))
	for _, m := range more {
		m(&b)
	}
	return b
}

// splitKeys parts "g home" at its spaces; the first is the one that is shown.
func splitKeys(keys string) []string {
	var names []string
	start := 0
	for i := 0; i <= len(keys); i++ {
		if i == len(keys) || keys[i] == ' ' {
			names = append(names, keys[start:i])
			start = i + 1
		}
	}
	return names
}

func left(b *binding)     { b.foot = footLeft }
func right(b *binding)    { b.foot = footRight }
func unlisted(b *binding) { b.foot = footUnlisted }

// shown replaces the name by which help calls the key.
func shown(name string) func(*binding) {
	return func(b *binding) { b.SetHelp(name, b.Help().Desc) }
}

func when(f func(Situation) bool) func(*binding) { return func(b *binding) { b.when = f } }

// valid reports whether the key does something in the situation.
func (b binding) valid(s Situation) bool {
	return b.in&s.At != 0 && (b.when == nil || b.when(s))
}

// listed reports whether help and the palette name the key in the situation.
func (b binding) listed(s Situation) bool { return b.foot != footUnlisted && b.valid(s) }

// Lookup finds what a key asks for in the situation.
func (m Map) Lookup(k tea.KeyPressMsg, s Situation) Action {
	for _, b := range m {
		if b.valid(s) && key.Matches(k, b.Binding) {
			return b.act
		}
	}
	return None
}

// Offers reports whether a key asks for the action in the situation.
func (m Map) Offers(a Action, s Situation) bool {
	return slices.ContainsFunc(m, func(b binding) bool { return b.act == a && b.listed(s) })
}

// Name is how help calls the key of an action.
func (m Map) Name(a Action) string {
	for _, b := range m {
		if b.act == a {
			return b.Help().Key
		}
	}
	return ""
}

// footerKeys is how many keys the footer names at most.
const footerKeys = 8

// Footer lists the keys for both sides of the bottom line.
func (m Map) Footer(s Situation) (left, right []key.Binding) {
	for _, b := range m {
		switch {
		case !b.listed(s) || b.foot == footNone:
		case b.foot == footLeft:
			left = append(left, b.Binding)
		default:
			right = append(right, b.Binding)
		}
	}
	return left[:min(len(left), footerKeys-len(right))], right
}

// Groups lists every valid key by group, in table order.
func (m Map) Groups(s Situation) (names []string, keys [][]key.Binding) {
	at := map[string]int{}
	for _, b := range m {
		if !b.listed(s) {
			continue
		}
		i, ok := at[b.group]
		if !ok {
			i = len(names)
			at[b.group] = i
			names, keys = append(names, b.group), append(keys, nil)
		}
		keys[i] = append(keys[i], b.Binding)
	}
	return names, keys
}
