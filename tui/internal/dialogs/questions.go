package dialogs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
)

// Question is what every dialog about the hub is asked with: whom it concerns, and
// what is known that would be lost.
type Question struct {
	Target    Target
	Live      []slots.Slot // whom the end of the hub cuts off
	Unsaved   []slots.Slot // not live, with work that is nowhere else
	Blind     string       // why it cannot be told who is live; "" if it can
	Unapplied *int64       // check-ins that git has not received; nil: not known
	Then      AfterStop
	HandOver  bool   // the hub can be left to a process in the background
	Lost      bool   // the hub has lost its storage
	Saved     string // where it has then saved what the repository held
	Held      string // why it could not save that, and is the only one that has it
	Patches   bool   // somebody can write what git has not received as patches

	Now  time.Time
	Host string
}

// active counts whom the guard counts as active, and names those of them that the slots
// pane calls otherwise: a stale one whose process lives, one of another host.
func (q Question) active() string {
	kinds := map[slots.State]int{}
	for i := range q.Live {
		if s := q.Live[i].State(q.Now, q.Host); s != slots.Active {
			kinds[s]++
		}
	}
	text := cells.Plural(int64(len(q.Live)), "slot is active", "slots are active")
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
func (q Question) dialog(title string) *Dialog {
	d := &Dialog{target: q.Target, slots: q.Live, Then: q.Then, title: title, Keep: "Cancel"}
	if !q.Target.Owned && q.Target.PID != 0 {
		d.title += fmt.Sprintf(" (another process, pid %d)", q.Target.PID)
	}
	return d
}

// guarded asks for something that waits until no slot is live: politely now, or
// after the wait. forced is whether it can be had at once.
func (q Question) guarded(d *Dialog, now, later string, forced bool) {
	switch {
	case q.Held != "":
		d.lead = "Only the hub's process has what the repository held: " + q.Held
		d.tail = "It is saved within seconds once that is mended. Until then only force ends it."
		if forced {
			d.choices = []Choice{offer(AnswerForce, "S", "force…")}
		}
	case len(q.Live) > 0:
		d.lead = q.active()
		d.tail = "A polite stop is refused while they are."
		d.choices = []Choice{offer(AnswerWait, "w", later)}
		if forced {
			d.choices = append(d.choices, offer(AnswerForce, "S", "force…"))
		}
	case q.Blind != "":
		d.lead = "Which slots are active cannot be seen: " + q.Blind
		d.tail = "The hub itself looks again and refuses a polite stop under active slots."
		d.choices = []Choice{offer(AnswerStop, "y", now)}
	default:
		d.lead = "No slot is active."
		d.choices = []Choice{offer(AnswerStop, "y", now)}
	}
}

// Stop asks before a polite stop, or before quitting.
func Stop(q Question) *Dialog {
	title, now, later := "Stop the hub of ", "stop", "wait for them, then stop"
	if q.Then == ThenQuit {
		title, now, later = "Quit ", "stop the hub and quit", "wait for them, then stop and quit"
	}
	d := q.dialog(title + q.Target.Name)
	d.tail = "Requests under way are finished, then the hub ends."
	if !q.Lost && q.Unapplied != nil && *q.Unapplied == 0 {
		d.tail = "Git has every check-in. " + d.tail
	}
	q.guarded(d, now, later, true)
	q.risky(d)
	if len(q.Live) == 0 {
		d.slots = q.Unsaved
	}
	if q.Then == ThenQuit && q.HandOver {
		d.choices = append(d.choices, offer(AnswerBackground, "b", "leave it running in the background"))
	}
	return d
}

// Restart asks before the hub makes way for a new one.
func Restart(q Question) *Dialog {
	q.Then = ThenRestart
	d := q.dialog("Restart the hub of " + q.Target.Name)
	where := "this program"
	if !q.Target.Owned {
		where = "a process of its own"
	}
	d.tail = "It comes back in " + where + ", on the same ports. Agents reconnect by themselves; what was acknowledged stays."
	if q.Lost {
		d.tail = "It has lost its storage and accepts nothing. A new one comes up in " + where + ", on what is in the workspace's directory now."
	}
	q.guarded(d, "restart", "wait for them, then restart", true)
	return d
}

// Force asks before agents are cut off.
func Force(q Question) *Dialog {
	d := q.dialog("FORCE stop the hub of " + q.Target.Name)
	d.danger = true
	end := "."
	switch n := len(q.Live); {
	case n > 0:
		d.lead, end = cells.Plural(int64(n), "agent loses its hub", "agents lose their hub"), ":"
	case q.Blind != "":
		d.lead = "Which agents lose their hub cannot be seen: " + q.Blind
	default:
		d.lead = "No slot is active"
	}
	if q.Target.PID != 0 {
		d.lead += fmt.Sprintf(" (pid %d, started %s)", q.Target.PID, q.Target.Started.Format(time.TimeOnly))
	}
	d.lead += end
	d.tail = "Requests under way get two seconds, then they are cut."
	d.choices = []Choice{offer(AnswerCut, "F", "force stop")}
	q.risky(d)
	return d
}

// risky says what the next command of bones does to work that is only here, once no hub of
// ours holds the workspace, and offers to save it for git first.
func (q Question) risky(d *Dialog) {
	if q.Lost {
		d.risk = q.afterLoss()
		return
	}
	var what []string
	if q.Unapplied == nil || *q.Unapplied > 0 {
		what = append(what, "empties hub.fossil")
	}
	dirty := 0
	for _, s := range slices.Concat(q.Live, q.Unsaved) {
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
	case q.Unapplied == nil:
		d.risk = "How many check-ins are not in git is not known. "
	case *q.Unapplied > 0:
		d.risk = cells.Plural(*q.Unapplied, "check-in is", "check-ins are") + " not in git. "
	}
	d.risk += "The next bones command " + strings.Join(what, " and ") + "; hub recover brings it back."
	if q.Patches && (q.Unapplied == nil || *q.Unapplied > 0) {
		d.choices = append(d.choices, offer(AnswerPatch, "a", "write a patch first"))
	}
}

// afterLoss says what becomes of what the repository held when a hub ends that has lost it.
func (q Question) afterLoss() string {
	switch {
	case q.Held != "":
		return "What the repository held could not be saved, and ends with it."
	case q.Saved != "":
		return "What the repository held is saved as " + q.Saved + "; hub recover brings it back."
	}
	return ""
}

// HandOver asks before the hub goes to a process in the background.
func HandOver(q Question) *Dialog {
	d := q.dialog("Hand the hub of " + q.Target.Name + " over")
	d.lead = "A process in the background takes the hub on, on the same ports."
	d.tail = "Requests under way are finished; agents reconnect by themselves. This screen then watches that process, and can be left."
	d.choices = []Choice{offer(AnswerBackground, "b", "hand over")}
	return d
}

// Reseed asks before the repository is archived and made anew; up is whether a hub runs.
func Reseed(q Question, up bool) *Dialog {
	q.Then = ThenReseed
	d := q.dialog("Reseed " + q.Target.Name)
	d.danger = true
	d.slots = slices.Concat(q.Live, q.Unsaved)
	d.tail = "The repository is put aside as hub-<time>.fossil, a fresh one is made from git, and the hub starts on it. " +
		"Clones of the old one no longer fit: their slots must join again. " + q.archived()
	switch {
	case !up:
		d.lead = "The hub is down."
		d.choices = []Choice{offer(AnswerReseed, "A", "archive and reseed")}
	case len(q.Live) > 0:
		d.lead = q.active()
		d.choices = []Choice{offer(AnswerWait, "w", "wait for them, then stop, archive and reseed")}
	default:
		if d.lead = "No slot is active."; q.Blind != "" {
			d.lead = "Which slots are active cannot be seen: " + q.Blind
		}
		d.choices = []Choice{offer(AnswerStop, "A", "stop, archive and reseed")}
	}
	return d
}

// archived tells what only the archive will have.
func (q Question) archived() string {
	switch {
	case q.Unapplied == nil:
		return "How many check-ins are not in git is not known; the archive keeps them."
	case *q.Unapplied > 0:
		return cells.Plural(*q.Unapplied, "check-in is", "check-ins are") + " not in git; only the archive keeps them."
	}
	return "Git has every check-in."
}

// Wait shows a wait that is under way, and counts down.
func Wait(q Question, what string) *Dialog {
	d := q.dialog("Waiting, then " + what)
	d.Keep, d.Countdown = "Keep waiting", true
	d.SetSlots(q.Live)
	d.tail = "It happens by itself when the last one is done."
	d.choices = []Choice{offer(AnswerGiveUp, "x", "call it off"), offer(AnswerForce, "S", "force…")}
	return d
}
