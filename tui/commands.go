package tui

// Command is something that a key of the panes does, under the name by which the
// settings know it.
type Command struct {
	Name string
	Keys []string
	Does string
}

// Commands lists what can be given other keys, in the order of the key table.
func Commands() []Command {
	var out []Command
	at := map[string]int{}
	named := commandNames()
	for _, b := range defaultKeyMap() {
		name := named[b.act]
		if name == "" || b.in&inPanes == 0 || b.foot == footUnlisted {
			continue
		}
		if i, ok := at[name]; ok {
			if out[i].Does != b.Help().Desc {
				out[i].Does += ", " + b.Help().Desc
			}
			continue
		}
		at[name] = len(out)
		out = append(out, Command{name, b.Keys(), b.Help().Desc})
	}
	return out
}

// commandNames are the actions that can be given other keys. What leads back (esc)
// and what is typed into an input are not among them.
func commandNames() map[action]string {
	return map[action]string{
		actStop: "stop", actForce: "force-stop", actStart: "start", actRestart: "restart", actHandOver: "hand-over", actReseed: "reseed", actRecover: "recover", actQuit: "quit", actSuspend: "suspend",
		actHelp: "help", actRepaint: "repaint", actSample: "sample", actZoom: "zoom",
		actNextPane: "next-pane", actPrevPane: "previous-pane",
		actPane1: "pane-1", actPane2: "pane-2", actPane3: "pane-3", actPane4: "pane-4", actPane5: "pane-5",
		actUp: "up", actDown: "down", actPageUp: "page-up", actPageDown: "page-down",
		actHalfUp: "half-page-up", actHalfDown: "half-page-down", actTop: "first", actBottom: "last",
		actSort: "sort", actReverse: "reverse",
		actOpen: "open", actCopy: "copy", actCopyRaw: "copy-all", actPalette: "commands", actFindings: "findings", actActivity: "activity",
		actFilter: "filter", actFollow: "follow", actLevel: "level", actEvent: "event",
		actLeft: "left", actRight: "right", actTime: "time", actHighlight: "highlight",
		actNextMatch: "next-match", actPrevMatch: "previous-match", actNextError: "next-error", actPrevError: "previous-error",
		actMark: "mark", actNextMark: "next-mark", actExclude: "exclude", actInclude: "include", actSave: "save",
		actAround: "around", actWrap: "wrap", actUnfold: "unfold", actSaved: "filters", actKeep: "keep-filter",
		actAlarms: "alarms", actMouse: "mouse",
		actFacets: "facets", actHistogram: "histogram",
	}
}
