package hub

import (
	"context"
	"fmt"

	"bones-tui/hub/internal/memory"
	"bones-tui/slots"
)

// startWatchers starts what only makes sense on a ready hub, and says that it is.
func (r *running) startWatchers(ctx context.Context) error {
	r.log.Lifecycle(LevelInfo, "hub: ready")
	r.spawn("verify", r.whileHeld(r.verify))
	r.spawn("incidents", r.whileHeld(r.lookAtSlots))
	r.spawn("memory", func(ctx context.Context) error { memory.Watch(ctx); return nil })
	r.spawn("disk", r.whileHeld(r.watchDisk))
	if r.set.leaseWatcher == nil {
		reaper := &slots.Reaper{Root: r.dir.Root, Conn: r.conn, Clean: r.cleanSlot, Log: leaseLogger{r}}
		r.spawn("reaper", r.whileHeld(reaper.Run))
		return nil
	}
	stop, err := r.set.leaseWatcher(r.whole, LeaseWatcherInfo{
		WorkspaceDir: r.dir.Root, NATSURL: r.nats.URL(), Logger: leaseLogger{r},
	})
	if err != nil {
		r.log.Lifecycle(LevelWarn, "hub: lease watcher: %v; expired sessions are not reaped", err)
		return nil
	}
	if stop != nil {
		r.onRelease("lease watcher", func(context.Context) error { stop(); return nil })
	}
	return nil
}

// leaseLogger lets a lease watcher write to hub.log.
type leaseLogger struct{ r *running }

// Infof writes an INFO line.
func (l leaseLogger) Infof(format string, args ...any) {
	l.r.log.Lifecycle(LevelInfo, "hub: %s", fmt.Sprintf(format, args...))
}

// Warnf writes a WARN line.
func (l leaseLogger) Warnf(format string, args ...any) {
	l.r.often(fmt.Sprint("leases: ", format, args[:min(1, len(args))]), fmt.Sprintf(format, args...), nil)
}
