package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// scope is a set of places in which a key is heard.
type scope uint16

const (
	inNATS scope = 1 << iota
	inFossil
	inSlots
	inLog
	inNews
	inFilter
	inHelp
	inDetail
	inPicker
	inFacets

	inPanes = inNATS | inFossil | inSlots | inLog | inNews
	inLists = inSlots | inLog | inNews
	inText  = inLists | inDetail
	inMoves = inText | inFacets | inHelp
)

// situation is everything that decides which keys are valid now.
type situation struct {
	at        scope // exactly one place
	down      bool  // there is no hub behind the screen
	draining  bool  // a stop was accepted
	steady    bool  // the hub is neither coming up nor going down
	owned     bool
	readOnly  bool
	zoomed    bool
	failed    bool // a failure waits to be dismissed
	filtered  bool // the log shows only part
	single    bool // one pane fills the screen
	paused    bool // the log does not follow
	marking   bool // the log shows all and marks what matches
	canSave   bool // there is a place for saved logs
	curtained bool // a box over the panes can be taken away
	waiting   bool // a stop waits for slots
	busy      bool // what was asked for the hub is under way
	handOver  bool // the hub can be left to a process in the background
	canReseed bool // there is somebody who can

	canRecover bool // there is somebody who can
	findings   bool // a detail lists what is wrong
	copies     bool // a detail lists copies
	saved      bool // there is a copy with check-ins under the cursor, or shown
	savedTree  bool // or one of a worktree

	canOpen  bool // in a detail: the row under the cursor can be opened
	slots    bool // the table of slots has a row
	list     bool // a detail with a table
	sortable bool // by its columns
	sorted   bool // by one of its columns
	tabbed   bool // a detail that has siblings
	told     bool // there is a timeline of what happened
	around   bool // the filter is lifted to show the lines around one
	folded   bool // the line under the cursor has more lines
	news     bool // there is room for the news
	forgets  bool // the open list has something that can be forgotten
	above    bool // what is open has rows above: of the cursor, or out of sight
	below    bool // and below
	older    bool // the filter input has an older text than this one
	newer    bool // and a newer one
	chosen   bool // there is a value under the cursor of the facets
	undoable bool // and a choice that can be taken back
	copyable bool // the open detail has something to copy

	dismissable bool // the open list begins with something that can be dismissed
}

func (s situation) up() bool { return !s.down }

// What may be done to the hub. A read-only screen does nothing to it.
func (s situation) canForce() bool { return s.up() && !s.readOnly && !s.busy }
func (s situation) canStop() bool  { return s.canForce() && !s.draining }
func (s situation) canStart() bool { return !s.up() && !s.readOnly && !s.busy }

// anySlot: the table has a row.
func (s situation) anySlot() bool { return s.slots }

// settled: a steady hub that something may be done to.
func (s situation) settled() bool      { return s.steady && !s.readOnly && !s.busy }
func (s situation) canHandOver() bool  { return s.settled() && s.handOver }
func (s situation) canReseedNow() bool { return s.canReseed && (s.settled() || s.canStart()) }

// What may be done with a copy, which needs the hub to be down.
func (s situation) canRescue() bool    { return !s.up() && !s.busy }
func (s situation) canBringBack() bool { return s.saved && s.canRescue() && !s.readOnly }
func (s situation) canPatchCopy() bool { return s.saved && s.canRescue() }
func (s situation) canWriteTree() bool { return s.savedTree && s.canRescue() }

// canSuspend: a hub of our own would freeze with its screen.
func (s situation) canSuspend() bool { return !s.owned || !s.up() }

// binding is one row of the key table: what to press, what it does, where and
// when, and whether the footer names it.
type binding struct {
	key.Binding
	act   action
	in    scope
	group string
	when  func(situation) bool // nil: whenever in scope
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

// keyMap is the one key table: dispatch, footer and help read nothing else. The
// first binding that matches in the situation wins.
type keyMap []binding

func bind(act action, in scope, group, keys, desc string, more ...func(*binding)) binding {
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

func when(f func(situation) bool) func(*binding) { return func(b *binding) { b.when = f } }

// valid reports whether the key does something in the situation.
func (b binding) valid(s situation) bool {
	return b.in&s.at != 0 && (b.when == nil || b.when(s))
}

// listed reports whether help and the palette name the key in the situation.
func (b binding) listed(s situation) bool { return b.foot != footUnlisted && b.valid(s) }

// lookup finds what a key asks for in the situation.
func (m keyMap) lookup(k tea.KeyPressMsg, s situation) action {
	for _, b := range m {
		if b.valid(s) && key.Matches(k, b.Binding) {
			return b.act
		}
	}
	return actNone
}

// offers reports whether a key asks for the action in the situation.
func (m keyMap) offers(a action, s situation) bool {
	return slices.ContainsFunc(m, func(b binding) bool { return b.act == a && b.listed(s) })
}

// name is how help calls the key of an action.
func (m keyMap) name(a action) string {
	for _, b := range m {
		if b.act == a {
			return b.Help().Key
		}
	}
	return ""
}

// footerKeys is how many keys the footer names at most.
const footerKeys = 8

// footer lists the keys for both sides of the bottom line.
func (m keyMap) footer(s situation) (left, right []key.Binding) {
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

// groups lists every valid key by group, in table order.
func (m keyMap) groups(s situation) (names []string, keys [][]key.Binding) {
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
