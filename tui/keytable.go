package tui

// Titles under which help lists the keys.
const (
	groupHub    = "Hub"
	groupScreen = "Screen"
	groupMove   = "Move"
	groupSlots  = "Slots"
	groupLog    = "Log"
	groupInput  = "Input"
)

// defaultKeyMap is the key table of tmux-safe keys: none needs the kitty protocol,
// and no key that destroys shares its letter with one that moves.
func defaultKeyMap() keyMap {
	var m keyMap
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

func hubKeys() keyMap {
	return keyMap{
		bind(actStop, inPanes, groupHub, "s", "stop", when(situation.canStop), right),
		bind(actForce, inPanes, groupHub, "S", "force stop", when(situation.canForce)),
		bind(actStart, inPanes, groupHub, "r", "start again", when(situation.canStart), right),
		bind(actRestart, inPanes, groupHub, "r", "restart", when(situation.settled)),
		bind(actHandOver, inPanes, groupHub, "D", "hand over to the background", when(situation.canHandOver)),
		bind(actReseed, inPanes, groupHub, "W", "archive and reseed", when(situation.canReseedNow)),
		bind(actRecover, inPanes, groupHub, "ctrl+r", "recover", when(func(s situation) bool { return s.canRecover && s.up() })),
		bind(actQuit, inPanes, groupHub, "q ctrl+c", "quit", right),
		bind(actQuit, inFilter|inHelp|inDetail|inPicker|inFacets, groupHub, "ctrl+c", "quit"),
		bind(actSuspend, inPanes, groupHub, "ctrl+z", "suspend", when(situation.canSuspend)),
		bind(actSuspend, inPanes, groupHub, "ctrl+z", "refused, and why", unlisted),
	}
}

// recoverKeys are those of the copies, and what leads there. With no hub that comes first.
func recoverKeys() keyMap {
	return keyMap{
		bind(actRecover, inPanes, groupHub, "R ctrl+r", "recover", when(func(s situation) bool { return s.canRecover && !s.up() }), left),
		bind(actRecover, inDetail, groupHub, "R", "recover", when(func(s situation) bool { return s.canRecover && s.findings }), left),
		bind(actStop, inDetail, groupHub, "s", "stop the hub", when(func(s situation) bool { return s.copies && s.canStop() }), left),
		bind(actBringBack, inDetail, groupHub, "b", "bring back", when(situation.canBringBack), left),
		bind(actCopyPatch, inDetail, groupHub, "p", "write patch", when(situation.canPatchCopy), left),
		bind(actCopyFiles, inDetail, groupHub, "w", "write files", when(situation.canWriteTree), left),
	}
}

// backKeys are one key that says what it goes back from.
func backKeys() keyMap {
	return keyMap{
		bind(actBack, inPanes, groupScreen, "esc", "close", when(func(s situation) bool { return s.curtained }), left),
		bind(actBack, inPanes, groupScreen, "esc", "dismiss", when(func(s situation) bool { return s.failed && !s.curtained }), left),
		bind(actBack, inPanes, groupScreen, "esc", "unzoom", when(func(s situation) bool {
			return s.zoomed && !s.failed && !s.curtained
		}), left),
		bind(actBack, inPanes, groupScreen, "esc", "clear filter", when(func(s situation) bool {
			return s.filtered && !s.zoomed && !s.failed && !s.around && !s.curtained
		}), left),
		bind(actBack, inPanes, groupScreen, "esc", "back to the filter", when(func(s situation) bool {
			return s.around && !s.zoomed && !s.failed && !s.curtained
		}), left),
		bind(actBack, inPanes, groupScreen, "esc", "call off the stop", when(func(s situation) bool {
			return s.waiting && !s.filtered && !s.around && !s.zoomed && !s.failed && !s.curtained
		}), left),
		bind(actBack, inHelp, groupScreen, "esc ? f1 q enter space", "close", left),
		bind(actDown, inHelp, groupMove, "j down", "down", shown("j ↓"), when(func(s situation) bool { return s.below }), left),
		bind(actUp, inHelp, groupMove, "k up", "up", shown("k ↑"), when(func(s situation) bool { return s.above }), left),
		bind(actBack, inDetail, groupScreen, "esc", "clear filter", when(func(s situation) bool { return s.filtered }), left),
		bind(actBack, inDetail, groupScreen, "esc q", "back", when(func(s situation) bool { return !s.filtered }), left),
		bind(actBack, inDetail, groupScreen, "q", "clear filter", unlisted),
		bind(actBack, inFacets, groupScreen, "esc q a", "close", left),
	}
}

func screenKeys() keyMap {
	return keyMap{
		bind(actOpen, inNATS|inFossil|inNews, groupScreen, "enter", "open", left),
		bind(actOpen, inDetail, groupScreen, "enter", "open", when(func(s situation) bool { return s.canOpen }), left),
		bind(actFilter, inDetail, groupScreen, "/", "filter", when(func(s situation) bool { return s.list }), left),
		bind(actSort, inDetail, groupScreen, "o", "sort", when(func(s situation) bool { return s.sortable }), left),
		bind(actReverse, inDetail, groupScreen, "O", "reverse", when(func(s situation) bool { return s.sorted })),
		bind(actDismiss, inDetail, groupScreen, "d", "dismiss the first", when(func(s situation) bool { return s.dismissable }), left),
		bind(actSibling, inDetail, groupScreen, "tab", "next list", when(func(s situation) bool { return s.tabbed }), left),
		bind(actNextPane, inPanes, groupScreen, "tab", "next pane", left),
		bind(actPrevPane, inPanes, groupScreen, "shift+tab", "previous pane"),
		bind(actPane1, inPanes, groupScreen, "1", "NATS pane"),
		bind(actPane2, inPanes, groupScreen, "2", "Fossil pane"),
		bind(actPane3, inPanes, groupScreen, "3", "slots pane"),
		bind(actPane4, inPanes, groupScreen, "4", "log pane"),
		bind(actPane5, inPanes, groupScreen, "5", "doctor and timeline pane", when(func(s situation) bool { return s.news })),
		bind(actZoom, inPanes, groupScreen, "z", "zoom", when(func(s situation) bool { return !s.single })),
		bind(actSample, inPanes, groupScreen, "R", "sample now", when(situation.up)),
		bind(actCopy, inLists, groupScreen, "y", "copy"),
		bind(actCopy, inDetail, groupScreen, "y", "copy", when(func(s situation) bool { return s.copyable }), left),
		bind(actCopyRaw, inText, groupScreen, "Y", "copy all of it"),
		bind(actActivity, inPanes, groupScreen, "A", "activity", when(func(s situation) bool { return s.told })),
		bind(actFindings, inPanes, groupScreen, "!", "findings"),
		bind(actAlarms, inPanes, groupScreen, "L", "alarms"),
		bind(actMouse, inPanes, groupScreen, "M", "mouse on or off"),
		bind(actPalette, inPanes|inDetail, groupScreen, ": ctrl+p", "all commands"),
		bind(actRepaint, inPanes|inHelp|inDetail|inFacets, groupScreen, "ctrl+l", "repaint"),
		bind(actHelp, inPanes|inDetail, groupScreen, "? f1", "help", right),
	}
}

func moveKeys() keyMap {
	return keyMap{
		bind(actUp, inMoves, groupMove, "k up", "up", shown("k ↑")),
		bind(actDown, inMoves, groupMove, "j down", "down", shown("j ↓")),
		bind(actHalfUp, inMoves, groupMove, "ctrl+u", "half a page up"),
		bind(actHalfDown, inMoves, groupMove, "ctrl+d", "half a page down"),
		bind(actPageUp, inMoves, groupMove, "pgup ctrl+b", "page up"),
		bind(actPageDown, inMoves, groupMove, "pgdown ctrl+f", "page down", shown("pgdn")),
		bind(actTop, inMoves, groupMove, "g home", "first"),
		bind(actBottom, inMoves, groupMove, "G end", "last"),
	}
}

func slotKeys() keyMap {
	return keyMap{
		bind(actOpen, inSlots, groupSlots, "enter", "open", when(situation.anySlot), left),
		bind(actSort, inSlots, groupSlots, "o", "sort", when(situation.anySlot), left),
		bind(actReverse, inSlots, groupSlots, "O", "reverse", when(situation.anySlot), left),
	}
}

func logKeys() keyMap {
	return keyMap{
		bind(actFilter, inPanes, groupLog, "/", "filter", left),
		bind(actFollow, inLog, groupLog, "f space", "follow", when(func(s situation) bool { return s.paused }), left),
		bind(actFollow, inLog, groupLog, "f space", "pause", when(func(s situation) bool { return !s.paused }), left),
		bind(actLevel, inLog, groupLog, "l", "level", left),
		bind(actNextError, inLog, groupLog, "e", "next error", left),
		bind(actPrevError, inLog, groupLog, "E", "previous error"),
		bind(actEvent, inLog, groupLog, "v", "event"),
		bind(actOpen, inLog, groupLog, "enter", "open"),
		bind(actHighlight, inLog, groupLog, "c", "mark matches, show all", when(func(s situation) bool { return s.filtered && !s.marking })),
		bind(actHighlight, inLog, groupLog, "c", "show only matches", when(func(s situation) bool { return s.filtered && s.marking })),
		bind(actNextMatch, inLog, groupLog, "n", "next match", when(func(s situation) bool { return s.filtered })),
		bind(actPrevMatch, inLog, groupLog, "N", "previous match", when(func(s situation) bool { return s.filtered })),
		bind(actMark, inLog, groupLog, "m", "mark the line"),
		bind(actNextMark, inLog, groupLog, "u", "next marked line"),
		bind(actExclude, inLog, groupLog, "x", "leave a value out"),
		bind(actInclude, inLog, groupLog, "i", "only a value"),
		bind(actSave, inLog, groupLog, "ctrl+s", "save these lines", when(func(s situation) bool { return s.canSave })),
		bind(actLeft, inLog, groupLog, "left", "scroll left", shown("←")),
		bind(actRight, inLog, groupLog, "right", "scroll right", shown("→")),
		bind(actTime, inLog, groupLog, "t", "time format"),
		bind(actAround, inLog, groupLog, "C", "lines around this one", when(func(s situation) bool { return s.filtered && !s.marking })),
		bind(actWrap, inLog, groupLog, "w", "wrap long lines"),
		bind(actUnfold, inLog, groupLog, "o", "unfold or fold", when(func(s situation) bool { return s.folded })),
		bind(actSaved, inLog, groupLog, "b", "filters of yours"),
		bind(actKeep, inLog, groupLog, "B", "keep this filter", when(func(s situation) bool { return s.filtered && s.canSave })),
		bind(actFacets, inLog, groupLog, "a", "count by value"),
		bind(actHistogram, inLog, groupLog, "h", "lines over time"),
	}
}

func facetKeys() keyMap {
	return keyMap{
		bind(actInclude, inFacets, groupLog, "enter i", "only this", when(func(s situation) bool { return s.chosen }), left),
		bind(actExclude, inFacets, groupLog, "x", "leave out", when(func(s situation) bool { return s.chosen }), left),
		bind(actUndo, inFacets, groupLog, "u backspace", "undo", when(func(s situation) bool { return s.undoable }), left),
		bind(actLeft, inFacets, groupMove, "left shift+tab", "previous column", shown("←")),
		bind(actRight, inFacets, groupMove, "right tab", "next column", shown("→"), left),
	}
}

func inputKeys() keyMap {
	return keyMap{
		bind(actAccept, inFilter, groupInput, "enter", "keep", left),
		bind(actCancel, inFilter, groupInput, "esc", "cancel", left),
		bind(actComplete, inFilter, groupInput, "tab", "complete", left),
		bind(actOlder, inFilter, groupInput, "up", "older", shown("↑"), when(func(s situation) bool { return s.older }), left),
		bind(actNewer, inFilter, groupInput, "down", "newer", shown("↓"), when(func(s situation) bool { return s.newer }), left),
		bind(actAccept, inPicker, groupInput, "enter", "choose", left),
		bind(actForget, inPicker, groupInput, "ctrl+x", "forget", when(func(s situation) bool { return s.forgets }), left),
		bind(actCancel, inPicker, groupInput, "esc", "cancel", left),
		bind(actUp, inPicker, groupInput, "up ctrl+p", "up", shown("↑"), when(func(s situation) bool { return s.above }), left),
		bind(actDown, inPicker, groupInput, "down ctrl+n", "down", shown("↓"), when(func(s situation) bool { return s.below }), left),
	}
}
