package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
	"bones-tui/slots"
)

// Stop ends the workspace's hub, from any process. Without WithForce it refuses
// under active slots with an *ActiveSlotsError and changes nothing. It sends
// SIGTERM, waits for the drain (WithStopTimeout), then kills. hub.pid is removed
// only when the process is gone, and stays if another hub has written it since;
// ErrStillAlive says that the process is not gone.
//
// A process that nothing but hub.pid shows to be the hub is not signalled either: the
// error is an *UnprovenError, and nothing has changed. Nor is a state directory
// touched that is a link or another user's: bonesdir.ErrUntrusted.
//
// A missing or stale hub.pid is not an error, and nobody is signalled for it.
// The calling process is never signalled: a hub of its own ends by its context.
// The URL files stay, so that the next hub takes the same ports.
func Stop(root string, opts ...StopOption) error {
	return stop(context.Background(), bonesdir.At(root), resolveStop(opts))
}

func stop(ctx context.Context, d bonesdir.Dir, o stopOptions) error {
	if err := d.Verify(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("hub: stop: %w", err)
	}
	rec, err := d.ReadPID()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, live := livePID(d); live && !o.force { // nobody else is asked, who may have the ports by now
		if err := guardAttached(ctx, d); err != nil {
			return err
		}
	}
	if err == nil && rec.PID != os.Getpid() {
		if err := terminate(ctx, d, rec, o); err != nil {
			return err
		}
	}
	if now, err := d.ReadPID(); err == nil && (now.PID != rec.PID || !now.Written.Equal(rec.Written)) {
		return nil // of a hub that has come up since
	}
	if err := d.RemovePID(); err != nil {
		return fmt.Errorf("hub: stop: %w", err)
	}
	return unregister(d.Root)
}

// terminate ends the recorded process if it can be the hub.
func terminate(ctx context.Context, d bonesdir.Dir, rec bonesdir.PIDRecord, o stopOptions) error {
	p, err := proc.Find(rec.PID, rec.Written)
	if errors.Is(err, proc.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("hub: stop: %w", err)
	}
	if !isHub(d, rec.PID) && p.Alive() {
		return &UnprovenError{PID: rec.PID, File: d.PIDFile()}
	}
	killed, err := p.Terminate(ctx, o.timeout, o.progress)
	if err != nil {
		return fmt.Errorf("%w: pid %d: %w", ErrStillAlive, rec.PID, err)
	}
	if killed && o.killed != nil {
		o.killed()
	}
	return nil
}

// isHub reports whether something besides hub.pid says that a process is the hub: that
// file may have come with a checkout, and then names whom it likes. A hub of ours holds
// the lock for life; one of the bones CLI in the background has only its command line.
func isHub(d bonesdir.Dir, pid int) bool {
	exe, args, err := proc.Command(pid)
	own, _ := os.Executable()
	switch {
	case err != nil:
	case len(args) == 0: // it is just ending
		return true
	case strings.Contains(strings.Join(args, "\x00")+"\x00", "\x00hub\x00start\x00"):
		return true
	case own != "" && own == exe:
		return true
	}
	return d.LockHolder() == pid && d.Locked()
}

// guardAttached refuses to stop a hub under active slots. If NATS does not take
// connections, the slot directories decide.
func guardAttached(ctx context.Context, d bonesdir.Dir) error {
	var nc *nats.Conn
	if url := d.NATSURL(); url != "" {
		if c, err := nats.Connect(url, nats.Timeout(time.Second)); err == nil {
			nc = c
			defer nc.Close()
		}
	}
	return refusal(slots.Live(ctx, d.Root, nc))
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

// unregister drops the registry row that a killed hub left behind.
func unregister(root string) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil // then there is no registry either
	}
	if err := registry.Remove(home, root); err != nil {
		return fmt.Errorf("hub: stop: %w", err)
	}
	return nil
}
