package hub

import (
	"context"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/hublog"
	"bones-tui/hub/internal/door"
	"bones-tui/hub/internal/family"
	"bones-tui/hub/internal/health"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/internal/storage"
	"bones-tui/hub/internal/throttle"
	"bones-tui/hub/natsd"
)

// Hub is one hub in this process. Build it with New, run it once with Run.
// All methods are safe for concurrent use.
type Hub struct {
	dir bonesdir.Dir
	set settings

	locked chan struct{}                      // closed when the workspace's lock is ours
	ready  chan struct{}                      // closed when both services answer
	done   chan struct{}                      // closed when Run has returned
	cut    chan struct{}                      // closed by the first forced Shutdown
	fault  func(step string, undo bool) error // nil but in tests

	mu     sync.Mutex
	phase  Phase
	step   string
	since  time.Time
	err    error
	cancel context.CancelFunc // ends Run; nil before it
	run    *running           // what is up; nil before and after

	// Who has the workspace after Run. At most one of the three; without any it is free if the
	// end was asked for, else the keeper's, who starts a hub again.
	next   *heir // a process that stands by, or has taken over
	parked bool  // a Successor in this process
	kept   bool  // nobody: a part of the release goes on, so the locks go only with the process

	called chan struct{} // while an heir is being started; closed when it stands by, or will not
	stop   bool          // a signal has asked for the end of this hub and of its heir

	spare    *owner.Lock // taken in advance for the process that is to be the hub
	runID    string
	reseeded *Reseeded

	tenure  *tenure // what makes the workspace ours
	heir    bool    // the tenure is another hub's, which has ended or is about to: this one must come up
	revived bool    // that hub has died
}

// running is what one Run has acquired, and how to let go of it. Each step of
// the bring-up pushes its own undo; a failed start and a stop walk the same list
// backwards.
type running struct {
	hub *Hub
	dir bonesdir.Dir
	set settings

	ctx   context.Context // ends with Run's context, or when a service fails
	group *errgroup.Group // the services; the first failure ends ctx
	undo  []undo
	mu    sync.Mutex // guards undo and found while services start side by side, failure and errs

	asked   sync.Mutex              // held while a request to hand over is looked at
	held    *bonesdir.Held          // the state directory
	watched []storage.Thing         // what is watched
	loss    atomic.Pointer[loss]    // of one of them
	saved   atomic.Pointer[string]  // where the repository was saved after that
	unsaved atomic.Pointer[string]  // why it could not be
	whole   context.Context         // ends with the loss, or with ctx
	lose    context.CancelCauseFunc // ends it, with errLost for the loss

	log        *hublog.Writer
	throttle   *throttle.Throttle // in front of log
	peersKnown bool               // the system tells whose a connection is
	doors      doors
	failures   failures // of sync messages
	nats       *natsd.Server
	natsSince  time.Time     // no client was served before
	conn       *nats.Conn    // in-process
	marks      lastrun.Marks // as the last run left them
	marker     *markKeeper
	found      []incident.Found // what went wrong, and is not on record yet; guarded by mu
	told       toldIncidents
	repo       repository
	history    history
	usage      atomic.Pointer[DiskUsage] // nil until it was measured
	damage     atomic.Pointer[error]     // of the repository, once found
	web        *http.Server
	fossilURL  string
	probe      health.Prober
	seeded     seed.Result

	plainRole bool   // the role is a lock on a file
	chosen    [2]int // ports that were free: repository, NATS

	ready   bool    // the bring-up went through
	failure error   // of the service that ended the hub
	errs    []error // of the release so far
}

type undo struct {
	name string
	do   func(context.Context) error
}

// heir is the process that takes this hub's place.
type heir struct {
	process *family.Process
	said    chan family.Word // Ready or Stop; closed when it has ended
	moved   bool             // it has become ready
}

// keeper is the process that starts the hub again if it dies.
type keeper struct {
	link  *family.Link
	child *family.Process // nil if an earlier hub has started it
	gone  chan struct{}   // closed when the link has ended
}

// markKeeper writes the marks of a running hub.
type markKeeper struct {
	r *running

	mu   sync.Mutex
	last lastrun.Marks
	done bool // last is how the run has left everything, and is not written yet
}

// loss is what a hub knows of its storage when that is no longer where it should be.
type loss struct {
	why string
	at  time.Time
}

// keepLock notes that the lock goes only when the process does.
func (h *Hub) keepLock() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = true
}

func (h *Hub) lockKept() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept
}

// reach says which step is under way. Tests make it fail.
func (h *Hub) reach(step string, undo bool) error {
	h.setStep(step)
	if h.fault != nil {
		return h.fault(step, undo)
	}
	return nil
}

// at says which moment of a hand-over it is, which is no step of Run.
func (h *Hub) at(moment string) {
	if h.fault != nil {
		_ = h.fault(moment, true)
	}
}

func (h *Hub) setStep(step string) {
	h.mu.Lock()
	h.step = step
	h.mu.Unlock()
}

// doors are in front of both services.
type doors struct{ nats, fossil *door.Door }

// tenure is what makes a workspace this process's, beyond the life of one hub: the lock
// of the family, the listener that it shares, and the link to the keeper. A hub takes it
// or inherits it; when it ends the tenure ends too, or another hub goes on with it.
type tenure struct {
	dir      bonesdir.Dir
	lock     *owner.Lock
	listener *os.File     // of the Fossil server, nil before the first bind
	control  *family.Link // to the process that has started this one, nil if nobody has
	heir     bool         // the predecessor has not let go yet
	losses   losses

	mu      sync.Mutex // guards what follows, the lock's and the listener's change
	keeper  *keeper
	spec    family.Spec   // what a keeper is started with
	lost    func(error)   // hears of a keeper that has died; nil before the first hub is up
	over    chan struct{} // closed when no keeper is wanted any more
	closed  bool
	watches sync.WaitGroup
}

// Err returns Run's result once Done is closed, nil before; and ErrMoved if another
// process is the hub now.
func (h *Hub) Err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// losses tells of hubs of this workspace that died without having been asked to end.
type losses struct {
	count int
	pid   int // of the last one, 0 if not known
	at    time.Time
}
