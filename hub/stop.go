package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
	"bones-tui/slots"
)

// Stop ends the workspace's hub, from any process. Without WithForce it refuses
// under active slots with an *ActiveSlotsError and changes nothing. It sends
// SIGTERM, waits for the drain (WithStopTimeout), then kills, the keeper first. Records
// are removed only if they are that hub's; ErrStillAlive says that the process is not
// gone.
//
// Nobody is signalled but a process that the kernel proves to be this directory's hub.
// If that cannot be told the error is an *UncertainError, and nothing has changed.
//
// Without a hub Stop does nothing, but to remove a hub.pid that names nobody, and to end a
// hub that runs on although its directory is gone: see Lost.
// The calling process is never signalled: a hub of its own ends by its context.
// The URL files stay, so that the next hub takes the same ports.
func Stop(root string, opts ...StopOption) error {
	return stop(context.Background(), bonesdir.At(root), resolveStop(opts))
}

func stop(ctx context.Context, d bonesdir.Dir, o stopOptions) error {
	if o.restart {
		return errors.New("hub: stop: only the process of a hub can keep the workspace for another; see Restart")
	}
	if err := d.Verify(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("hub: stop: %w", err)
	}
	for range handsWithin {
		v := owner.Whose(d)
		if v.Answer == owner.CannotTell {
			return uncertain(d, v)
		}
		if !o.force {
			if err := guardAttached(ctx, d, v); err != nil {
				return err
			}
		}
		if v.Answer == owner.Free {
			_, err := endLost(ctx, d, o)
			return errors.Join(err, forget(d))
		}
		if moved, err := endOther(ctx, d, v, o); !moved || err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("hub: stop: %w", err)
		}
	}
	return errors.New("hub: stop: the hub changes hands all the time; nobody was signalled")
}

// handsWithin is how often a hub may change hands before a stop gives up.
const handsWithin = 10

// forget removes the records that hubs have left behind.
func forget(d bonesdir.Dir) error {
	rec, err := d.ReadPID()
	if errors.Is(err, fs.ErrNotExist) { // one that was stopped while it came up has removed it
		return errors.Join(forgetDead(d), unregisterDead(d.Root))
	}
	if err := d.RemovePID(); err != nil {
		return fmt.Errorf("hub: stop: %w", err)
	}
	return unregister(d.Root, rec.PID)
}

// endOther ends the hub that v has found, which may be a keeper between two hubs. If the
// workspace has moved on to another process since, nobody was signalled, or that keeper alone.
func endOther(ctx context.Context, d bonesdir.Dir, v owner.Verdict, o stopOptions) (moved bool, err error) {
	if v.PID == os.Getpid() {
		return false, d.RemovePIDOf(v.PID)
	}
	p, err := proc.Find(v.PID, time.Now())
	if errors.Is(err, proc.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("hub: stop: %w", err)
	}
	defer func() { _ = p.Release() }()
	if now := owner.Whose(d); now.PID != v.PID { // what is held is what was asked about
		return true, nil
	}
	if err := endFound(ctx, d, v, p, o); err != nil || v.Role != owner.RoleKeeper {
		return false, err
	}
	// A hub whose process has just forked is taken for two, and so for none: only its keeper
	// has ended then.
	return owner.Whose(d).Answer != owner.Free, nil
}

// endFound ends p, which is the hub that v has found, and removes what it leaves.
func endFound(ctx context.Context, d bonesdir.Dir, v owner.Verdict, p *proc.Process, o stopOptions) error {
	killed, err := p.Terminate(ctx, o.timeout, o.progress, func() { dismissKeepers(ctx, d) })
	if err != nil {
		return fmt.Errorf("%w: pid %d: %w", ErrStillAlive, v.PID, err)
	}
	if killed {
		dismissKeepers(ctx, d) // one that the hub has hired in between
		if o.killed != nil {
			o.killed()
		}
	}
	if err := errors.Join(d.RemovePIDOf(v.PID), d.ForgetHolder(v.PID)); err != nil {
		return fmt.Errorf("hub: stop: %w", err)
	}
	if v.Role == owner.RoleKeeper && owner.Whose(d).Answer == owner.Free {
		return errors.Join(forgetDead(d), unregisterDead(d.Root))
	}
	return unregister(d.Root, v.PID)
}

// forgetDead removes the records of a hub that has died: who was stopped is its keeper.
func forgetDead(d bonesdir.Dir) (err error) {
	if rec, rerr := d.ReadPID(); rerr == nil && !proc.Alive(rec.PID) {
		err = d.RemovePIDOf(rec.PID)
	}
	if pid := d.LockHolder(); pid > 0 && !proc.Alive(pid) {
		err = errors.Join(err, d.ForgetHolder(pid))
	}
	return err
}

// keeperWithin bounds the wait for a keeper to end, which does nothing but wait.
const keeperWithin = 2 * time.Second

// dismissKeepers ends what would start a hub again that is about to be killed.
func dismissKeepers(ctx context.Context, d bonesdir.Dir) {
	for _, pid := range owner.Keepers(d) {
		if p, err := proc.Find(pid, time.Now()); err == nil {
			_, _ = p.Terminate(ctx, keeperWithin, nil, nil) // one that stays shows itself as the holder
			_ = p.Release()
		}
	}
}

// guardAttached refuses to stop a hub under active slots, or one that alone has what was lost. Only the hub itself is asked;
// without one, or if it does not take connections, the slot directories decide.
func guardAttached(ctx context.Context, d bonesdir.Dir, v owner.Verdict) error {
	var nc *nats.Conn
	if url := d.NATSURL(); url != "" && v.NATS {
		if c, err := nats.Connect(url, nats.Timeout(time.Second)); err == nil {
			nc = c
			defer nc.Close()
		}
	}
	var lost Status
	if nc != nil {
		lost, _ = askLoss(ctx, nc) // one that does not answer has lost nothing that is known
	} else {
		lost, _ = lostHub(ctx, d.Root)
	}
	switch {
	case lost.Unsaved != "":
		return &UnsavedError{LostError{Root: d.Root, PID: lost.PID, Why: lost.Unsaved}}
	case lost.Lost != "":
		return refusal(slots.Live(ctx, d.Root, nil)) // its sessions are gone with its store
	}
	live, err := slots.Live(ctx, d.Root, nc)
	if nc == nil && v.Answer == owner.Held && len(live) > 0 {
		err = errors.Join(err, errors.New("the hub was not asked for sessions: it does not answer on the recorded port"))
	}
	return refusal(live, err)
}

// refusal is what a guard makes of what slots.Live found: a slot that was seen
// refuses even if others could not be looked for, and so does not knowing.
func refusal(live []slots.Slot, err error) error {
	if err != nil {
		err = fmt.Errorf("hub: look for active slots: %w", err)
	}
	if len(live) == 0 {
		return err
	}
	return errors.Join(&ActiveSlotsError{Slots: live}, err)
}

// unregisterDead drops the registry row of a hub that has died: who was stopped is its keeper.
func unregisterDead(root string) error {
	return unregisterIf(root, func(listed int) bool { return listed > 0 && !proc.Alive(listed) })
}
