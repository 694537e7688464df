package hub

import (
	"context"
	"errors"
	"os"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/hublog"
	"bones-tui/hub/internal/door"
	"bones-tui/hub/internal/origin"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// lock makes the workspace this process's family's.
func (r *running) lock(context.Context) error {
	if err := r.dir.Create(); err != nil {
		return err
	}
	t := r.hub.tenancy()
	err := t.take()
	if errors.Is(err, owner.ErrLocked) {
		return r.runs()
	}
	return err
}

// runs is the error that says which process is the hub, or is just becoming it.
func (r *running) runs() error {
	pid, _ := runningPID(r.dir)
	return &RunningError{PID: pid}
}

// standBy lets an heir wait for its turn with everything looked at that does not change.
func (r *running) standBy(ctx context.Context) error {
	r.peersKnown = door.PeersKnown(ctx)
	return r.hub.tenancy().standBy(ctx)
}

// takeRole makes this process the hub of its family. Who has inherited the lock waits for
// the end of the one before it.
func (r *running) takeRole(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, roleWithin)
	defer cancel()
	for {
		role, plain, err := owner.TakeRole(r.dir)
		if err == nil {
			r.plainRole = plain
			r.onRelease("role", func(context.Context) error { return role.Close() })
			break
		}
		if !errors.Is(err, owner.ErrLocked) {
			return err
		}
		if !r.hub.heir {
			return r.runs()
		}
		select {
		case <-ctx.Done():
			return r.runs()
		case <-time.After(rolePoll):
		}
	}
	if err := r.dir.RecordHolder(os.Getpid()); err != nil {
		return err
	}
	close(r.hub.locked)
	return nil
}

func (r *running) openLog(context.Context) (err error) {
	r.log, err = hublog.Open(r.dir.Log(), r.set.level, hublog.WithRotation(r.set.logMax, r.set.logKeep))
	if err != nil {
		return err
	}
	r.onRelease("log", r.closeLog)
	r.startThrottle()
	r.onRelease("parts", r.awaitParts)
	return nil
}

func (r *running) startLog(ctx context.Context) error {
	if err := r.openLog(ctx); err != nil {
		return err
	}
	r.choosePorts(ctx)
	r.log.Lifecycle(LevelInfo, "hub: starting (pid=%d, repo-port=%d, coord-port=%d)", os.Getpid(), r.wantRepoPort(), r.wantCoordPort())
	r.tellLosses()
	for _, w := range r.set.warnings {
		r.log.Lifecycle(LevelWarn, "hub: %s", w)
	}
	return nil
}

// tellLosses says that this hub is here because one has died.
func (r *running) tellLosses() {
	if l := r.hub.tenancy().losses; l.count > 0 && r.hub.revived {
		r.log.Lifecycle(LevelError, "hub: process %d died at %s without having been asked to stop; this is its successor, after %s",
			l.pid, l.at.Format(time.RFC3339), plural.Of(l.count, "death"))
	}
	if r.plainRole {
		r.log.Lifecycle(LevelInfo, "hub: this file system cannot lock directories; %s is locked instead", r.dir.RoleFile())
	}
}

// writePID comes before any listener, so that whoever finds a port answering
// also finds whose it is.
func (r *running) writePID(context.Context) error {
	if rec, err := r.dir.ReadPID(); err == nil && !r.hub.heir {
		text := "the last hub (pid %d) did not end cleanly"
		if rec.PID != os.Getpid() && proc.StartedBefore(rec.PID, rec.Written) { // it lives, and nobody is the hub here
			text = "hub.pid names process %d, which lives and is no hub of this directory: it came from another one"
		}
		r.log.Lifecycle(LevelWarn, "hub: "+text, rec.PID)
	}
	if err := r.held.WritePID(os.Getpid()); err != nil {
		return err
	}
	if err := origin.Sign(r.dir); err != nil {
		r.log.Lifecycle(LevelWarn, "hub: the next start will ask whether to trust what this one makes: %v", err)
	}
	r.onRelease("pid", func(context.Context) error {
		if r.hub.goesOn() {
			return nil
		}
		return r.held.RemovePID()
	})
	return nil
}

func (r *running) recordURLs(context.Context) error {
	return r.held.WriteURLs(bonesdir.RecordedPort(r.fossilURL), r.nats.Port())
}

// register lists the hub for the bones CLI. The hub serves on without it.
func (r *running) register(context.Context) error {
	row := registry.Row{
		CWD: r.dir.Root, Name: r.dir.Name(), HubURL: r.fossilURL, NATSURL: r.nats.URL(),
		HubPID: os.Getpid(), StartedAt: r.hub.startedAt(),
	}
	home, err := os.UserHomeDir()
	if err == nil {
		err = registry.Write(home, row)
	}
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: registry write failed (non-fatal): %v", err)
		return nil
	}
	r.onRelease("registry", func(context.Context) error {
		if r.hub.goesOn() {
			return nil
		}
		return registry.RemoveOwn(home, row)
	})
	return nil
}

// keep sees to it that somebody starts the hub again if it dies.
func (r *running) keep(context.Context) error {
	return r.hub.tenancy().keep(r.hub.childSettings(false), func(err error) {
		if err != nil {
			r.log.Lifecycle(LevelError, "hub: its keeper has ended, and another could not be started: %v", err)
			return
		}
		r.log.Lifecycle(LevelWarn, "hub: its keeper has ended; another has been started")
	})
}

// rolePoll is part of the gap that clients see when a hub dies.
const rolePoll = 2 * time.Millisecond

// roleWithin is how long a predecessor that has died may take to let go of everything.
const roleWithin = 10 * time.Second
