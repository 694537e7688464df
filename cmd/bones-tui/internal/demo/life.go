package demo

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

// life is an agent while it is connected.
type life struct {
	*agent
	*client
	seat  *seat
	lease *lease
	since time.Time // it began
}

// The rhythm of an agent.
const (
	beat        = 2 * time.Second        // between two signs of life
	firstEdit   = 300 * time.Millisecond // before the first check-in of all
	betweenJobs = 1500 * time.Millisecond
	silence     = 100 * time.Second // long enough to become stale, and to come back before the session expires
	headStart   = 75 * time.Second  // of the first silence, so that a newcomer sees it end
	raceTimeout = 20 * time.Second
)

// work does one job, or what is left of it, and joins for the next one.
func (l *life) work(ctx context.Context) error {
	if err := l.settle(); err != nil {
		return err
	}
	if err := l.meet(ctx); err != nil {
		return err
	}
	for l.edit < len(l.jobs[l.job].edits) {
		if err := l.change(ctx, l.jobs[l.job].edits[l.edit]); err != nil {
			return err
		}
		l.edit++
		if l.fate == crashes && l.edit == 1 {
			return l.crash(ctx)
		}
	}
	if err := l.finish(ctx); err != nil {
		return err
	}
	l.advance()
	if err := pause(ctx, l.about(betweenJobs)); err != nil {
		return err
	}
	return errors.Join(l.join(ctx), l.seat.update(ctx))
}

// join takes the slot for the job at hand, or takes it up again.
func (l *life) join(ctx context.Context) error {
	for n := l.job; n < len(l.jobs); n++ {
		if err := l.createTask(ctx, l.crew.taskID(l.slot, l.round, n), l.slot, l.jobs[n]); err != nil {
			return err
		}
	}
	host, err := l.hostName()
	if err != nil {
		return err
	}
	now := time.Now()
	if l.joined.IsZero() {
		l.joined = now
	}
	renewed := now
	if l.fate == stalls && l.first() {
		l.joined, renewed = now.Add(-4*time.Minute), now.Add(-headStart)
	}
	l.lease, err = l.enter(ctx, slots.Session{
		Slot: l.slot, TaskID: l.task(), AgentID: l.user, Host: host, LeafPID: l.pid(), StartedAt: l.joined, LastRenewed: renewed,
	})
	return err
}

// first reports whether the agent has done nothing yet.
func (a *agent) first() bool { return a.round == 0 && a.job == 0 && a.edit == 0 }

// settle writes down who sits in the slot, and for what.
func (l *life) settle() error {
	return errors.Join(
		l.seat.sign(l.pid()),
		l.seat.log("join", l.slot, map[string]any{"task_id": l.task(), "worktree": l.seat.tree("")}),
		l.tell(slots.SlotEvent{Event: slots.SlotJoin, TaskID: l.task(), Host: l.lease.Host}),
	)
}

// meet is the agent's fate at the start of a job.
func (l *life) meet(ctx context.Context) error {
	switch {
	case l.fate == stalls:
		return pause(ctx, silence)
	case l.fate == races && l.first():
		ctx, cancel := context.WithTimeout(ctx, raceTimeout)
		defer cancel()
		return errors.Join(l.overshoot(ctx, l.user), l.raceFor(ctx, l.crew.taskID(rival, 0, 0), l.user, l.slot))
	case l.fate == races:
		return l.overshoot(ctx, l.user)
	default:
		return nil
	}
}

// change thinks, edits and checks in.
func (l *life) change(ctx context.Context, e edit) error {
	think := l.about(l.pace)
	if l.first() {
		think = l.about(firstEdit)
	}
	if err := l.seat.edit(e); err != nil {
		return err
	}
	if err := l.spend(ctx, think); err != nil {
		return err
	}
	t, err := l.readTask(ctx, l.task())
	if err != nil {
		return err
	}
	if err := l.claim(ctx, t, l.user, l.slot); err != nil {
		return err
	}
	ci, err := l.checkIn(ctx, e)
	if err := errors.Join(err, l.unclaim(ctx, l.task()), l.renew(ctx, l.lease)); err != nil {
		return err
	}
	return errors.Join(
		l.seat.log("commit", l.slot, map[string]any{"message": e.comment, "sha": ci.UUID, "files": 1}),
		l.tell(slots.SlotEvent{Event: slots.SlotCommit, TaskID: l.task(), CommitUUID: ci.UUID}),
	)
}

// checkIn holds the file for the time of a check-in.
func (l *life) checkIn(ctx context.Context, e edit) (ci fossil.CheckIn, err error) {
	release, err := l.hold(ctx, filepath.Join(l.crew.dir.Root, filepath.FromSlash(e.file)), l.slot, l.task())
	if err != nil {
		return ci, err
	}
	err = l.crew.alone(ctx, func() error {
		ci, err = l.seat.checkIn(ctx, e)
		return err
	})
	return ci, errors.Join(err, release(ctx))
}

// spend lets time pass with signs of life.
func (l *life) spend(ctx context.Context, d time.Duration) error {
	for d > 0 {
		step := min(d, l.about(beat))
		if err := pause(ctx, step); err != nil {
			return err
		}
		d -= step
		if _, err := l.readTask(ctx, l.task()); err != nil {
			return err
		}
		if err := errors.Join(l.renew(ctx, l.lease), l.show(ctx, l.slot, l.since)); err != nil {
			return err
		}
	}
	return nil
}

// finish closes the task and leaves the slot. The log and the clone stay.
func (l *life) finish(ctx context.Context) error {
	summary := l.jobs[l.job].title + ": done"
	err := errors.Join(l.closeTask(ctx, l.task(), l.user, summary), l.leave(ctx, l.lease), l.hide(ctx, l.slot))
	if err != nil {
		return err
	}
	return errors.Join(
		l.seat.log("close", l.slot, map[string]any{"result": "success", "summary": summary}),
		l.tell(slots.SlotEvent{Event: slots.SlotClose, TaskID: l.task(), Result: "success"}),
		l.seat.clear(),
	)
}

// crash dies as a killed process does: without a word, and in the
// middle of an edit.
func (l *life) crash(ctx context.Context) error {
	pid, err := deadPID(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(l.seat.edit(l.jobs[l.job].edits[l.edit]), l.seat.sign(pid)); err != nil {
		return err
	}
	return errCrashed
}

// tell appends to the history of all slots.
func (l *life) tell(e slots.SlotEvent) error {
	e.At, e.Slot, e.AgentID = time.Now(), l.slot, l.user
	return e.AppendTo(l.crew.dir.SwarmEvents())
}
