package keymap

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
	for _, b := range Default() {
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
func commandNames() map[Action]string {
	return map[Action]string{
		Stop: "stop", Force: "force-stop", Start: "start", Restart: "restart", HandOver: "hand-over", Reseed: "reseed", Recover: "recover", Quit: "quit", Suspend: "suspend",
		Help: "help", Repaint: "repaint", Sample: "sample", Zoom: "zoom",
		NextPane: "next-pane", PrevPane: "previous-pane",
		Pane1: "pane-1", Pane2: "pane-2", Pane3: "pane-3", Pane4: "pane-4", Pane5: "pane-5",
		Up: "up", Down: "down", PageUp: "page-up", PageDown: "page-down",
		HalfUp: "half-page-up", HalfDown: "half-page-down", Top: "first", Bottom: "last",
		Sort: "sort", Reverse: "reverse",
		Open: "open", Copy: "copy", CopyRaw: "copy-all", Palette: "commands", Findings: "findings", Activity: "activity",
		Filter: "filter", Follow: "follow", Level: "level", Event: "event",
		Left: "left", Right: "right", Time: "time", Highlight: "highlight",
		NextMatch: "next-match", PrevMatch: "previous-match", NextError: "next-error", PrevError: "previous-error",
		Mark: "mark", NextMark: "next-mark", Exclude: "exclude", Include: "include", Save: "save",
		Around: "around", Wrap: "wrap", Unfold: "unfold", Saved: "filters", Keep: "keep-filter",
		Alarms: "alarms", Mouse: "mouse",
		Facets: "facets", Histogram: "histogram",
	}
}
