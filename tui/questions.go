package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// question is what every dialog about the hub is asked with: whom it concerns, and
// what is known that would be lost.
type question struct {
	target    target
	live      []slots.Slot // whom the end of the hub cuts off
	unsaved   []slots.Slot // not live, with work that is nowhere else
	blind     string       // why it cannot be told who is live; "" if it can
	unapplied *int64       // check-ins that git has not received; nil: not known
	then      afterStop
	handOver  bool   // the hub can be left to a process in the background
	lost      bool   // the hub has lost its storage
	saved     string // where it has then saved what the repository held
	held      string // why it could not save that, and is the only one that has it
	patches   bool   // somebody can write what git has not received as patches

	now  time.Time
	host string
}

// active counts whom the guard counts as active, and names those of them that the slots
// pane calls otherwise: a stale one whose process lives, one of another host.
func (q question) active() string {
	kinds := map[slots.State]int{}
	for i := range q.live {
		if s := q.live[i].State(q.now, q.host); s != slots.Active {
			kinds[s]++
		}
	}
	text := cells.Plural(int64(len(q.live)), "slot is active", "slots are active")
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(kinds)) {
		parts = append(parts, fmt.Sprintf("%d %s", kinds[s], s))
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text + "."
}

// dialog begins the one that asks it.
func (q question) dialog(title string) *dialog {
	d := &dialog{target: q.target, slots: q.live, then: q.then, title: title, keep: "Cancel"}
	if !q.target.owned && q.target.pid != 0 {
		d.title += fmt.Sprintf(" (another process, pid %d)", q.target.pid)
	}
	return d
}

// guarded asks for something that waits until no slot is live: politely now, or
// after the wait. forced is whether it can be had at once.
func (q question) guarded(d *dialog, now, later string, forced bool) {
	switch {
	case q.held != "":
		d.lead = "Only the hub's process has what the repository held: " + q.held
		d.tail = "It is saved within seconds once that is mended. Until then only force ends it."
		if forced {
			d.choices = []choice{offer(answerForce, "S", "force…")}
		}
	case len(q.live) > 0:
		d.lead = q.active()
		d.tail = "A polite stop is refused while they are."
		d.choices = []choice{offer(answerWait, "w", later)}
		if forced {
			d.choices = append(d.choices, offer(answerForce, "S", "force…"))
		}
	case q.blind != "":
		d.lead = "Which slots are active cannot be seen: " + q.blind
		d.tail = "The hub itself looks again and refuses a polite stop under active slots."
		d.choices = []choice{offer(answerStop, "y", now)}
	default:
		d.lead = "No slot is active."
		d.choices = []choice{offer(answerStop, "y", now)}
	}
}

func stopDialog(q question) *dialog {
	title, now, later := "Stop the hub of ", "stop", "wait for them, then stop"
	if q.then == thenQuit {
		title, now, later = "Quit ", "stop the hub and quit", "wait for them, then stop and quit"
	}
	d := q.dialog(title + q.target.name)
	d.tail = "Requests under way are finished, then the hub ends."
	if !q.lost && q.unapplied != nil && *q.unapplied == 0 {
		d.tail = "Git has every check-in. " + d.tail
	}
	q.guarded(d, now, later, true)
	q.risky(d)
	if len(q.live) == 0 {
		d.slots = q.unsaved
	}
	if q.then == thenQuit && q.handOver {
		d.choices = append(d.choices, offer(answerBackground, "b", "leave it running in the background"))
	}
	return d
}

func restartDialog(q question) *dialog {
	q.then = thenRestart
	d := q.dialog("Restart the hub of " + q.target.name)
	where := "this program"
	if !q.target.owned {
		where = "a process of its own"
	}
	d.tail = "It comes back in " + where + ", on the same ports. Agents reconnect by themselves; what was acknowledged stays."
	if q.lost {
		d.tail = "It has lost its storage and accepts nothing. A new one comes up in " + where + ", on what is in the workspace's directory now."
	}
	q.guarded(d, "restart", "wait for them, then restart", true)
	return d
}

func forceDialog(q question) *dialog {
	d := q.dialog("FORCE stop the hub of " + q.target.name)
	d.danger = true
	end := "."
	switch n := len(q.live); {
	case n > 0:
		d.lead, end = cells.Plural(int64(n), "agent loses its hub", "agents lose their hub"), ":"
	case q.blind != "":
		d.lead = "Which agents lose their hub cannot be seen: " + q.blind
	default:
		d.lead = "No slot is active"
	}
	if q.target.pid != 0 {
		d.lead += fmt.Sprintf(" (pid %d, started %s)", q.target.pid, q.target.started.Format(time.TimeOnly))
	}
	d.lead += end
	d.tail = "Requests under way get two seconds, then they are cut."
	d.choices = []choice{offer(answerCut, "F", "force stop")}
	q.risky(d)
	return d
}

// risky says what the next command of bones does to work that is only here, once no hub of
// ours holds the workspace, and offers to save it for git first.
func (q question) risky(d *dialog) {
	if q.lost {
		d.risk = q.afterLoss()
		return
	}
	var what []string
	if q.unapplied == nil || *q.unapplied > 0 {
		what = append(what, "empties hub.fossil")
	}
	dirty := 0
	for _, s := range slices.Concat(q.live, q.unsaved) {
		if s.Work.AtRisk() {
			dirty++
		}
	}
	if dirty > 0 {
		what = append(what, "removes the work of "+cells.Plural(int64(dirty), "slot", "slots"))
	}
	if len(what) == 0 {
		return
	}
	switch {
	case q.unapplied == nil:
		d.risk = "How many check-ins are not in git is not known. "
	case *q.unapplied > 0:
		d.risk = cells.Plural(*q.unapplied, "check-in is", "check-ins are") + " not in git. "
	}
	d.risk += "The next bones command " + strings.Join(what, " and ") + "; hub recover brings it back."
	if q.patches && (q.unapplied == nil || *q.unapplied > 0) {
		d.choices = append(d.choices, offer(answerPatch, "a", "write a patch first"))
	}
}

// afterLoss says what becomes of what the repository held when a hub ends that has lost it.
func (q question) afterLoss() string {
	switch {
	case q.held != "":
		return "What the repository held could not be saved, and ends with it."
	case q.saved != "":
		return "What the repository held is saved as " + q.saved + "; hub recover brings it back."
	}
	return ""
}

func handOverDialog(q question) *dialog {
	d := q.dialog("Hand the hub of " + q.target.name + " over")
	d.lead = "A process in the background takes the hub on, on the same ports."
	d.tail = "Requests under way are finished; agents reconnect by themselves. This screen then watches that process, and can be left."
	d.choices = []choice{offer(answerBackground, "b", "hand over")}
	return d
}

func reseedDialog(q question, up bool) *dialog {
	q.then = thenReseed
	d := q.dialog("Reseed " + q.target.name)
	d.danger = true
	d.slots = slices.Concat(q.live, q.unsaved)
	d.tail = "The repository is put aside as hub-<time>.fossil, a fresh one is made from git, and the hub starts on it. " +
		"Clones of the old one no longer fit: their slots must join again. " + q.archived()
	switch {
	case !up:
		d.lead = "The hub is down."
		d.choices = []choice{offer(answerReseed, "A", "archive and reseed")}
	case len(q.live) > 0:
		d.lead = q.active()
		d.choices = []choice{offer(answerWait, "w", "wait for them, then stop, archive and reseed")}
	default:
		if d.lead = "No slot is active."; q.blind != "" {
			d.lead = "Which slots are active cannot be seen: " + q.blind
		}
		d.choices = []choice{offer(answerStop, "A", "stop, archive and reseed")}
	}
	return d
}

// archived tells what only the archive will have.
func (q question) archived() string {
	switch {
	case q.unapplied == nil:
		return "How many check-ins are not in git is not known; the archive keeps them."
	case *q.unapplied > 0:
		return cells.Plural(*q.unapplied, "check-in is", "check-ins are") + " not in git; only the archive keeps them."
	}
	return "Git has every check-in."
}

// waitDialog shows a wait that is under way, and counts down.
func waitDialog(q question, what string) *dialog {
	d := q.dialog("Waiting, then " + what)
	d.keep, d.countdown = "Keep waiting", true
	d.SetSlots(q.live)
	d.tail = "It happens by itself when the last one is done."
	d.choices = []choice{offer(answerGiveUp, "x", "call it off"), offer(answerForce, "S", "force…")}
	return d
}
