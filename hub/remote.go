package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/health"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
)

// Remote is the hub of another process, seen from outside. It offers what *Hub
// offers to a dashboard and never creates, starts or reconfigures anything.
type Remote struct {
	dir     bonesdir.Dir
	pid     int
	since   time.Time // when that process began
	conn    *nats.Conn
	probe   health.Prober
	history history
	told    toldIncidents

	cancel context.CancelFunc
	done   chan struct{}
	end    error // set before done is closed
	watch  sync.WaitGroup

	mu     sync.Mutex
	repo   *fossil.Repo // opened on first need, when the hub does not tell by itself
	damage error        // of repo
}

// lifeCheck is how often a Remote looks at who runs the hub.
const lifeCheck = 250 * time.Millisecond

// The Err of a Remote whose hub has not ended in good order.
var (
	ErrGone  = errors.New("hub: the process has ended")
	ErrMoved = errors.New("hub: another process runs it now")
)

// ErrStarting is returned by Attach while a hub is coming up, or its keeper is starting
// it again.
var ErrStarting = errors.New("hub: just starting")

// Attach connects to the live hub of the workspace at root. It returns ErrNotRunning if
// there is none, ErrStarting if it does not listen yet, an *UncertainError if it cannot be
// told, and bonesdir.ErrUntrusted if the state directory is not safely ours, see Verify.
// Close it after use.
func Attach(ctx context.Context, root string) (*Remote, error) {
	d := bonesdir.At(root)
	if err := d.Check(); err != nil {
		return nil, err
	}
	v := owner.Whose(d)
	url := d.NATSURL()
	switch {
	case v.Answer == owner.Free:
		return nil, ErrNotRunning
	case v.Answer == owner.CannotTell:
		return nil, uncertain(d, v)
	case !v.NATS || url == "":
		return nil, fmt.Errorf("%w: process %d", ErrStarting, v.PID)
	}
	conn, err := nats.Connect(url, nats.Name("bones-tui"), nats.MaxReconnects(-1),
		nats.ReconnectWait(250*time.Millisecond), nats.RetryOnFailedConnect(true), nats.Timeout(2*time.Second),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // the default one prints; Status reports
	if err != nil {
		return nil, fmt.Errorf("hub: attach to pid %d: %w", v.PID, err)
	}
	watchCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &Remote{dir: d, pid: v.PID, since: sinceOf(v.PID), conn: conn, cancel: cancel, done: make(chan struct{})}
	r.watch.Go(func() { r.watchLife(watchCtx) })
	return r, nil
}

// sinceOf is when a process started, the zero time if it is not known.
func sinceOf(pid int) time.Time {
	t, _ := proc.StartTime(pid) // it may have ended just now
	return t
}

// Conn is the connection to the hub's NATS server, for a slots.Watcher.
func (r *Remote) Conn() *nats.Conn { return r.conn }

// PID is the hub's process.
func (r *Remote) PID() int { return r.pid }

// Done is closed when this hub has ended, or runs in another process. Its own process
// may go on: a dashboard that has stopped its hub, or handed it over, lives without one.
func (r *Remote) Done() <-chan struct{} { return r.done }

// Err is nil before Done is closed, and after an end in good order; else ErrGone or
// ErrMoved.
func (r *Remote) Err() error {
	select {
	case <-r.done:
		return r.end
	default:
		return nil
	}
}

// Shutdown stops the hub as Stop does.
func (r *Remote) Shutdown(ctx context.Context, opts ...StopOption) error {
	return stop(ctx, r.dir, resolveStop(opts))
}

// Close lets go of the hub and leaves it running.
func (r *Remote) Close() error {
	r.cancel()
	r.watch.Wait()
	r.conn.Close()
	r.probe.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.repo == nil {
		return nil
	}
	return r.repo.Close()
}

func (r *Remote) watchLife(ctx context.Context) {
	tick := time.NewTicker(lifeCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if over, err := r.verdict(ctx); over {
				r.end = err
				close(r.done)
				return
			}
		}
	}
}

// verdict says whether the hub is over, and how it ended. While its keeper is at it, or a
// successor comes up, it is not.
func (r *Remote) verdict(ctx context.Context) (over bool, err error) {
	v := owner.Whose(r.dir)
	switch {
	case v.Answer == owner.CannotTell:
		return false, nil
	case v.Answer == owner.Held && v.PID == r.pid:
		return false, nil
	case v.Answer == owner.Held:
		return v.Serving, ErrMoved
	}
	if st, err := askLoss(ctx, r.conn); err == nil && st.PID == r.pid && st.Lost != "" {
		return false, nil // it is there, and has no directory any more
	}
	// A hub that ends in good order takes its record away: a record without its process is
	// what a crash leaves.
	if rec, err := r.dir.ReadPID(); err == nil && rec.PID == r.pid {
		return true, ErrGone
	}
	return true, nil
}
