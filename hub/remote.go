package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/proc"
)

// Remote is the hub of another process, seen from outside. It offers what *Hub
// offers to a dashboard and never creates, starts or reconfigures anything.
type Remote struct {
	dir     bonesdir.Dir
	rec     bonesdir.PIDRecord
	conn    *nats.Conn
	probe   prober
	history history

	cancel context.CancelFunc
	done   chan struct{}
	end    error // set before done is closed
	watch  sync.WaitGroup

	mu     sync.Mutex
	repo   *fossil.Repo // opened on first need, when the hub does not tell by itself
	damage error        // of repo
}

// Times of a Remote's look at who runs the hub, and of how long nobody may be recorded
// while a process restarts its hub or hands it over.
const (
	lifeCheck  = 250 * time.Millisecond
	changeover = 2 * time.Second
)

// The Err of a Remote whose hub has not ended in good order.
var (
	ErrGone  = errors.New("hub: the process has ended")
	ErrMoved = errors.New("hub: another process runs it now")
)

// Attach connects to the live hub of the workspace at root. It returns
// ErrNotRunning if there is none, and bonesdir.ErrUntrusted if the state directory
// is a link or another user's. Close it after use.
func Attach(ctx context.Context, root string) (*Remote, error) {
	d := bonesdir.At(root)
	if err := d.Verify(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("hub: attach: %w", err)
	}
	rec, err := d.ReadPID()
	if err != nil || !proc.StartedBefore(rec.PID, rec.Written) {
		return nil, ErrNotRunning
	}
	url := d.NATSURL()
	if url == "" {
		return nil, fmt.Errorf("hub: attach to pid %d: no NATS URL on loopback is recorded", rec.PID)
	}
	conn, err := nats.Connect(url, nats.Name("bones-tui"), nats.MaxReconnects(-1),
		nats.ReconnectWait(250*time.Millisecond), nats.RetryOnFailedConnect(true), nats.Timeout(2*time.Second),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // the default one prints; Status reports
	if err != nil {
		return nil, fmt.Errorf("hub: attach to pid %d: %w", rec.PID, err)
	}
	watchCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &Remote{dir: d, rec: rec, conn: conn, cancel: cancel, done: make(chan struct{})}
	r.watch.Go(func() { r.watchLife(watchCtx) })
	return r, nil
}

// Conn is the connection to the hub's NATS server, for a slots.Watcher.
func (r *Remote) Conn() *nats.Conn { return r.conn }

// PID is the hub's process.
func (r *Remote) PID() int { return r.rec.PID }

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
	r.probe.close()
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
	recorded := time.Now() // when somebody was, last
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			pid, live := livePID(r.dir)
			if pid != 0 {
				recorded = now
			}
			over, err := r.verdict(pid, live)
			if over || now.Sub(recorded) >= changeover {
				r.end = err
				close(r.done)
				return
			}
		}
	}
}

// verdict says of the recorded process whether the hub is over, and how it ended. A hub
// that ends in good order takes its record away: a record without its process is what a
// crash leaves.
func (r *Remote) verdict(pid int, live bool) (over bool, err error) {
	switch {
	case live && pid == r.rec.PID:
		return false, nil
	case live:
		return true, ErrMoved
	case pid != 0:
		return true, ErrGone
	default:
		return !proc.StartedBefore(r.rec.PID, r.rec.Written), nil
	}
}
