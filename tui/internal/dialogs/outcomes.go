package dialogs

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"bones-tui/hub"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/notice"
)

// Outcome tells what came of something, and offers to copy the command that makes use
// of it, if there is one.
func Outcome(g Target, title string, what []Told, command, copies string) *Dialog {
	d := &Dialog{target: g, title: title, Keep: "Close", Told: what, Command: command}
	if command != "" {
		d.Told = append(d.Told, Told{cells.InkBold, command})
		d.choices = []Choice{offer(AnswerCopy, "c", copies)}
	}
	return d
}

// BringBack asks before anything is brought back, and says how it would be.
func BringBack(q Question, c hub.Recoverable, name string) *Dialog {
	d := &Dialog{target: q.Target, title: "Bring back " + c.Holds(), Keep: "Cancel", Copy: c}
	d.lead = "From " + cells.Clean(name).String() + ", taken " + cells.Ago(c.Taken, q.Now) + "."
	switch c.Way {
	case hub.WayReplace:
		d.tail = "The copy takes the place of the repository, which has nothing but its seed and is kept as hub-<time>.fossil."
	case hub.WayMend:
		d.tail = "The copy takes the place of the repository, which is damaged and is kept as hub-<time>.fossil."
	case hub.WayAdd:
		d.tail = "They are added to the repository as they were. What is in it stays."
	case hub.WayBranch:
		d.tail = "They are made once more on a new branch recovered-<time>. Trunk stays as it is."
	}
	d.choices = []Choice{offer(AnswerBringBack, "y", "bring back")}
	return d
}

// SetPatches takes what came of writing them.
func (d *Dialog) SetPatches(text, command string, err error) {
	d.Busy = ""
	d.tries++
	if err != nil {
		not := "Not written: "
		if d.tries > 1 {
			not = fmt.Sprintf("Not written, try %d: ", d.tries)
		}
		d.Told = []Told{{cells.InkBad, not + strings.TrimPrefix(notice.Cause(err), "hub: ")}}
		return
	}
	d.Told = []Told{{cells.InkPlain, text}}
	d.choices = slices.DeleteFunc(d.choices, func(c Choice) bool { return c.answer == AnswerPatch })
	if command != "" {
		d.Told, d.Command = []Told{{cells.InkOK, text}, {cells.InkBold, command}}, command
		d.choices = append(d.choices, offer(AnswerCopy, "c", "copy the command"))
	}
}

// BroughtBack says where check-ins are now.
func BroughtBack(done hub.BroughtBack) string {
	text := done.What()
	switch {
	case done.Replaced && done.Archive != "":
		return text + ": the copy is the repository now. The one before is kept as " + filepath.Base(done.Archive) + "."
	case done.Replaced:
		return text + ": the copy is the repository now."
	case done.Branch != "":
		return text + " on branch " + done.Branch + ", beside what the repository has."
	}
	return text + ", as before."
}
