package keymap

// Titles under which help lists the keys.
const (
	groupHub    = "Hub"
	groupScreen = "Screen"
	groupMove   = "Move"
	groupSlots  = "Slots"
	groupLog    = "Log"
	groupInput  = "Input"
)

// Default is the key table of tmux-safe keys: none needs the kitty protocol,
// and no key that destroys shares its letter with one that moves.
func Default() Map {
	var m Map
	m = append(m, backKeys()...)
	m = append(m, recoverKeys()...)
	m = append(m, logKeys()...)
	m = append(m, facetKeys()...)
	m = append(m, slotKeys()...)
	m = append(m, moveKeys()...)
	m = append(m, screenKeys()...)
	m = append(m, hubKeys()...)
	return append(m, inputKeys()...)
}

func hubKeys() Map {
	return Map{
		bind(Stop, inPanes, groupHub, "s", "stop", when(Situation.canStop), right),
		bind(Force, inPanes, groupHub, "S", "force stop", when(Situation.CanForce)),
		bind(Start, inPanes, groupHub, "r", "start again", when(Situation.CanStart), right),
		bind(Restart, inPanes, groupHub, "r", "restart", when(Situation.settled)),
		bind(HandOver, inPanes, groupHub, "D", "hand over to the background", when(Situation.canHandOver)),
		bind(Reseed, inPanes, groupHub, "W", "archive and reseed", when(Situation.canReseedNow)),
		bind(Recover, inPanes, groupHub, "ctrl+r", "recover", when(func(s Situation) bool { return s.CanRecover && s.up() })),
		bind(Quit, inPanes, groupHub, "q ctrl+c", "quit", right),
		bind(Quit, InFilter|InHelp|InDetail|InPicker|InFacets, groupHub, "ctrl+c", "quit"),
		bind(Suspend, inPanes, groupHub, "ctrl+z", "suspend", when(Situation.canSuspend)),
		bind(Suspend, inPanes, groupHub, "ctrl+z", "refused, and why", unlisted),
	}
}

// recoverKeys are those of the copies, and what leads there. With no hub that comes first.
func recoverKeys() Map {
	return Map{
		bind(Recover, inPanes, groupHub, "R ctrl+r", "recover", when(func(s Situation) bool { return s.CanRecover && !s.up() }), left),
		bind(Recover, InDetail, groupHub, "R", "recover", when(func(s Situation) bool { return s.CanRecover && s.Findings }), left),
		bind(Stop, InDetail, groupHub, "s", "stop the hub", when(func(s Situation) bool { return s.Copies && s.canStop() }), left),
		bind(BringBack, InDetail, groupHub, "b", "bring back", when(Situation.canBringBack), left),
		bind(CopyPatch, InDetail, groupHub, "p", "write patch", when(Situation.canPatchCopy), left),
		bind(CopyFiles, InDetail, groupHub, "w", "write files", when(Situation.canWriteTree), left),
	}
}

// backKeys are one key that says what it goes back from.
func backKeys() Map {
	return Map{
		bind(Back, inPanes, groupScreen, "esc", "close", when(func(s Situation) bool { return s.Overlaid }), left),
		bind(Back, inPanes, groupScreen, "esc", "dismiss", when(func(s Situation) bool { return s.Failed && !s.Overlaid }), left),
		bind(Back, inPanes, groupScreen, "esc", "unzoom", when(func(s Situation) bool {
			return s.Zoomed && !s.Failed && !s.Overlaid
		}), left),
		bind(Back, inPanes, groupScreen, "esc", "clear filter", when(func(s Situation) bool {
			return s.Filtered && !s.Zoomed && !s.Failed && !s.Around && !s.Overlaid
		}), left),
		bind(Back, inPanes, groupScreen, "esc", "back to the filter", when(func(s Situation) bool {
			return s.Around && !s.Zoomed && !s.Failed && !s.Overlaid
		}), left),
		bind(Back, inPanes, groupScreen, "esc", "call off the stop", when(func(s Situation) bool {
			return s.Waiting && !s.Filtered && !s.Around && !s.Zoomed && !s.Failed && !s.Overlaid
		}), left),
		bind(Back, InHelp, groupScreen, "esc ? f1 q enter space", "close", left),
		bind(Down, InHelp, groupMove, "j down", "down", shown("j ↓"), when(func(s Situation) bool { return s.Below }), left),
		bind(Up, InHelp, groupMove, "k up", "up", shown("k ↑"), when(func(s Situation) bool { return s.Above }), left),
		bind(Back, InDetail, groupScreen, "esc", "clear filter", when(func(s Situation) bool { return s.Filtered }), left),
		bind(Back, InDetail, groupScreen, "esc q", "back", when(func(s Situation) bool { return !s.Filtered }), left),
		bind(Back, InDetail, groupScreen, "q", "clear filter", unlisted),
		bind(Back, InFacets, groupScreen, "esc q a", "close", left),
	}
}

func screenKeys() Map {
	return Map{
		bind(Open, InNATS|InFossil|InNews, groupScreen, "enter", "open", left),
		bind(Open, InDetail, groupScreen, "enter", "open", when(func(s Situation) bool { return s.CanOpen }), left),
		bind(Filter, InDetail, groupScreen, "/", "filter", when(func(s Situation) bool { return s.List }), left),
		bind(Sort, InDetail, groupScreen, "o", "sort", when(func(s Situation) bool { return s.Sortable }), left),
		bind(Reverse, InDetail, groupScreen, "O", "reverse", when(func(s Situation) bool { return s.Sorted })),
		bind(Dismiss, InDetail, groupScreen, "d", "dismiss the first", when(func(s Situation) bool { return s.Dismissable }), left),
		bind(Sibling, InDetail, groupScreen, "tab", "next list", when(func(s Situation) bool { return s.Tabbed }), left),
		bind(NextPane, inPanes, groupScreen, "tab", "next pane", left),
		bind(PrevPane, inPanes, groupScreen, "shift+tab", "previous pane"),
		bind(Pane1, inPanes, groupScreen, "1", "NATS pane"),
		bind(Pane2, inPanes, groupScreen, "2", "Fossil pane"),
		bind(Pane3, inPanes, groupScreen, "3", "slots pane"),
		bind(Pane4, inPanes, groupScreen, "4", "log pane"),
		bind(Pane5, inPanes, groupScreen, "5", "doctor and timeline pane", when(func(s Situation) bool { return s.News })),
		bind(Zoom, inPanes, groupScreen, "z", "zoom", when(func(s Situation) bool { return !s.Single })),
		bind(Sample, inPanes, groupScreen, "R", "sample now", when(Situation.up)),
		bind(Copy, inLists, groupScreen, "y", "copy"),
		bind(Copy, InDetail, groupScreen, "y", "copy", when(func(s Situation) bool { return s.Copyable }), left),
		bind(CopyRaw, inText, groupScreen, "Y", "copy all of it"),
		bind(Activity, inPanes, groupScreen, "A", "activity", when(func(s Situation) bool { return s.Timeline })),
		bind(Findings, inPanes, groupScreen, "!", "findings"),
		bind(Alarms, inPanes, groupScreen, "L", "alarms"),
		bind(Mouse, inPanes, groupScreen, "M", "mouse on or off"),
		bind(Palette, inPanes|InDetail, groupScreen, ": ctrl+p", "all commands"),
		bind(Repaint, inPanes|InHelp|InDetail|InFacets, groupScreen, "ctrl+l", "repaint"),
		bind(Help, inPanes|InDetail, groupScreen, "? f1", "help", right),
	}
}

func moveKeys() Map {
	return Map{
		bind(Up, inMoves, groupMove, "k up", "up", shown("k ↑")),
		bind(Down, inMoves, groupMove, "j down", "down", shown("j ↓")),
		bind(HalfUp, inMoves, groupMove, "ctrl+u", "half a page up"),
		bind(HalfDown, inMoves, groupMove, "ctrl+d", "half a page down"),
		bind(PageUp, inMoves, groupMove, "pgup ctrl+b", "page up"),
		bind(PageDown, inMoves, groupMove, "pgdown ctrl+f", "page down", shown("pgdn")),
		bind(Top, inMoves, groupMove, "g home", "first"),
		bind(Bottom, inMoves, groupMove, "G end", "last"),
	}
}

func slotKeys() Map {
	return Map{
		bind(Open, InSlots, groupSlots, "enter", "open", when(Situation.anySlot), left),
		bind(Sort, InSlots, groupSlots, "o", "sort", when(Situation.anySlot), left),
		bind(Reverse, InSlots, groupSlots, "O", "reverse", when(Situation.anySlot), left),
	}
}

func logKeys() Map {
	return Map{
		bind(Filter, inPanes, groupLog, "/", "filter", left),
		bind(Follow, InLog, groupLog, "f space", "follow", when(func(s Situation) bool { return s.Paused }), left),
		bind(Follow, InLog, groupLog, "f space", "pause", when(func(s Situation) bool { return !s.Paused }), left),
		bind(Level, InLog, groupLog, "l", "level", left),
		bind(NextError, InLog, groupLog, "e", "next error", left),
		bind(PrevError, InLog, groupLog, "E", "previous error"),
		bind(Event, InLog, groupLog, "v", "event"),
		bind(Open, InLog, groupLog, "enter", "open"),
		bind(Highlight, InLog, groupLog, "c", "mark matches, show all", when(func(s Situation) bool { return s.Filtered && !s.Marking })),
		bind(Highlight, InLog, groupLog, "c", "show only matches", when(func(s Situation) bool { return s.Filtered && s.Marking })),
		bind(NextMatch, InLog, groupLog, "n", "next match", when(func(s Situation) bool { return s.Filtered })),
		bind(PrevMatch, InLog, groupLog, "N", "previous match", when(func(s Situation) bool { return s.Filtered })),
		bind(Mark, InLog, groupLog, "m", "mark the line"),
		bind(NextMark, InLog, groupLog, "u", "next marked line"),
		bind(Exclude, InLog, groupLog, "x", "leave a value out"),
		bind(Include, InLog, groupLog, "i", "only a value"),
		bind(Save, InLog, groupLog, "ctrl+s", "save these lines", when(func(s Situation) bool { return s.CanSave })),
		bind(Left, InLog, groupLog, "left", "scroll left", shown("←")),
		bind(Right, InLog, groupLog, "right", "scroll right", shown("→")),
		bind(Time, InLog, groupLog, "t", "time format"),
		bind(Around, InLog, groupLog, "C", "lines around this one", when(func(s Situation) bool { return s.Filtered && !s.Marking })),
		bind(Wrap, InLog, groupLog, "w", "wrap long lines"),
		bind(Unfold, InLog, groupLog, "o", "unfold or fold", when(func(s Situation) bool { return s.Folded })),
		bind(Saved, InLog, groupLog, "b", "filters of yours"),
		bind(Keep, InLog, groupLog, "B", "keep this filter", when(func(s Situation) bool { return s.Filtered && s.CanSave })),
		bind(Facets, InLog, groupLog, "a", "count by value"),
		bind(Histogram, InLog, groupLog, "h", "lines over time"),
	}
}

func facetKeys() Map {
	return Map{
		bind(Include, InFacets, groupLog, "enter i", "only this", when(func(s Situation) bool { return s.Chosen }), left),
		bind(Exclude, InFacets, groupLog, "x", "leave out", when(func(s Situation) bool { return s.Chosen }), left),
		bind(Undo, InFacets, groupLog, "u backspace", "undo", when(func(s Situation) bool { return s.Undoable }), left),
		bind(Left, InFacets, groupMove, "left shift+tab", "previous column", shown("←")),
		bind(Right, InFacets, groupMove, "right tab", "next column", shown("→"), left),
	}
}

func inputKeys() Map {
	return Map{
		bind(Accept, InFilter, groupInput, "enter", "keep", left),
		bind(Cancel, InFilter, groupInput, "esc", "cancel", left),
		bind(Complete, InFilter, groupInput, "tab", "complete", left),
		bind(Older, InFilter, groupInput, "up", "older", shown("↑"), when(func(s Situation) bool { return s.Older }), left),
		bind(Newer, InFilter, groupInput, "down", "newer", shown("↓"), when(func(s Situation) bool { return s.Newer }), left),
		bind(Accept, InPicker, groupInput, "enter", "choose", left),
		bind(Forget, InPicker, groupInput, "ctrl+x", "forget", when(func(s Situation) bool { return s.Forgets }), left),
		bind(Cancel, InPicker, groupInput, "esc", "cancel", left),
		bind(Up, InPicker, groupInput, "up ctrl+p", "up", shown("↑"), when(func(s Situation) bool { return s.Above }), left),
		bind(Down, InPicker, groupInput, "down ctrl+n", "down", shown("↓"), when(func(s Situation) bool { return s.Below }), left),
	}
}
