package hub

import (
	"context"
	"fmt"
	"os"
	"time"

	"bones-tui/hub/hublog"
)

// DefaultDrainTimeout bounds how long an ending hub waits for requests under way.
const DefaultDrainTimeout = 30 * time.Second

// DefaultStopTimeout is how long Stop waits for another process. A hub that cuts its own
// drain after DefaultDrainTimeout, and then lets go of what does not return, has time
// for that: killed at the same moment, it would leave what it writes last undone.
const DefaultStopTimeout = DefaultDrainTimeout + 3*afterCut

// ForcedDrainTimeout bounds the drain of a forced stop, and is how long one waits for
// another process.
const ForcedDrainTimeout = 2 * time.Second

// Durability says what an acknowledged write survives.
type Durability string

// The durabilities. Each one survives the death of the process.
const (
	DurabilityAlways Durability = "always" // and the loss of power: every write is synced before it is acknowledged
	DurabilityOS     Durability = "os"     // only: the operating system decides when to write
)

// Option configures Start and New.
type Option func(*options)

type options struct {
	repoPort     int
	coordPort    int
	detach       bool
	drainTimeout time.Duration
	logLevel     string
	leaseWatcher LeaseWatcherStartFunc
	durability   Durability
	reseed       bool
	trustState   bool
}

// withReseed has the hub archive its repository and make a fresh one before it serves.
func withReseed(r bool) Option { return func(o *options) { o.reseed = r } }

// WithRepoPort pins the repository's HTTP port. Zero lets the hub reuse the
// recorded port, or take a free one.
func WithRepoPort(p int) Option { return func(o *options) { o.repoPort = p } }

// WithCoordPort pins the NATS client port. Zero lets the hub reuse the recorded
// port, or take a free one.
func WithCoordPort(p int) Option { return func(o *options) { o.coordPort = p } }

// WithDetach makes Start return once a hub in a process of its own is ready.
// The embedding program must call ServeChild first thing in main.
func WithDetach(d bool) Option { return func(o *options) { o.detach = d } }

// WithDrainTimeout bounds the wait for both services to finish when the hub
// ends. Zero or less means DefaultDrainTimeout.
func WithDrainTimeout(d time.Duration) Option { return func(o *options) { o.drainTimeout = d } }

// WithLogLevel sets hub.log's floor: debug, info, warn or error, in any case.
// The empty string defers to BONES_HUB_LOG_LEVEL, then to INFO.
func WithLogLevel(level string) Option { return func(o *options) { o.logLevel = level } }

// WithLeaseWatcher installs a hook that runs while the hub is ready and replaces
// the hub's own reaping of expired sessions.
func WithLeaseWatcher(start LeaseWatcherStartFunc) Option {
	return func(o *options) { o.leaseWatcher = start }
}

// WithDurability chooses what an acknowledged write survives; the default is
// DurabilityAlways.
func WithDurability(d Durability) Option { return func(o *options) { o.durability = d } }

// WithTrustState has the hub use a repository and a store that no hub of this user has made,
// which it refuses otherwise: they may have come with a checkout. FoundState tells of them.
func WithTrustState(trust bool) Option { return func(o *options) { o.trustState = trust } }

// settings are options after validation, with the environment applied.
type settings struct {
	options
	level    hublog.Level
	warnings []string // for the first lines of hub.log
	logMax   int64
	logKeep  int
}

func resolve(opts []Option) (settings, error) {
	s := settings{options: options{durability: DurabilityAlways}}
	for _, o := range opts {
		o(&s.options)
	}
	if s.drainTimeout <= 0 {
		s.drainTimeout = DefaultDrainTimeout
	}
	for name, p := range map[string]int{"repo": s.repoPort, "coord": s.coordPort} {
		if p < 0 || p > 65535 {
			return s, fmt.Errorf("hub: %s port %d is not between 0 and 65535", name, p)
		}
	}
	if s.repoPort != 0 && s.repoPort == s.coordPort {
		return s, fmt.Errorf("hub: repo and coord port are both %d", s.repoPort)
	}
	if s.durability != DurabilityAlways && s.durability != DurabilityOS {
		return s, fmt.Errorf("hub: durability %q is neither always nor os", s.durability)
	}
	s.logMax, s.logKeep = hublog.RotationFromEnv(os.Getenv)
	return s, s.resolveLevel()
}

func (s *settings) resolveLevel() (err error) {
	s.level = hublog.LevelInfo
	if s.logLevel != "" {
		if s.level, err = hublog.ParseLevel(s.logLevel); err != nil {
			return fmt.Errorf("hub: log level: %w", err)
		}
		return nil
	}
	if env := os.Getenv("BONES_HUB_LOG_LEVEL"); env != "" {
		level, err := hublog.ParseLevel(env)
		if err != nil {
			s.warnings = append(s.warnings, fmt.Sprintf("BONES_HUB_LOG_LEVEL=%q is not a level, using INFO", env))
			return nil
		}
		s.level = level
	}
	return nil
}

// StopOption configures Stop and Shutdown.
type StopOption func(*stopOptions)

type stopOptions struct {
	force    bool
	restart  bool
	reseed   bool
	timeout  time.Duration
	progress func(elapsed time.Duration)
	killed   func()
}

// WithForce skips the refusal under active slots and shortens the drain to two
// seconds; whatever is still open then is cut.
func WithForce(force bool) StopOption { return func(o *stopOptions) { o.force = force } }

// WithRestart says that another hub takes the place of the one that ends, so that the
// workspace stays this process's: nobody else can start one meanwhile. Hub.Successor is
// the other hub; Hub.LetGo calls it off. Stop and Remote.Shutdown refuse it: see Restart.
func WithRestart(restart bool) StopOption { return func(o *stopOptions) { o.restart = restart } }

// WithFreshRepository says, beside WithRestart, that the hub comes back with a fresh repository: it
// does not end while git cannot be read.
func WithFreshRepository(reseed bool) StopOption { return func(o *stopOptions) { o.reseed = reseed } }

// Forced reports whether the options include WithForce(true), for hubs that are not
// of this package.
func Forced(opts ...StopOption) bool { return resolveStop(opts).force }

// WithStopTimeout bounds how long Stop waits for another process's drain before
// it kills; the default is DefaultStopTimeout.
func WithStopTimeout(d time.Duration) StopOption { return func(o *stopOptions) { o.timeout = d } }

// WithProgress has Stop report, about once a second, how long it has waited.
func WithProgress(f func(elapsed time.Duration)) StopOption {
	return func(o *stopOptions) { o.progress = f }
}

// WithKilled has Stop call f when the hub did not end in time and was killed, so that
// the drain is not complete.
func WithKilled(f func()) StopOption { return func(o *stopOptions) { o.killed = f } }

func resolveStop(opts []StopOption) stopOptions {
	o := stopOptions{timeout: DefaultStopTimeout}
	for _, opt := range opts {
		opt(&o)
	}
	if o.force {
		o.timeout = ForcedDrainTimeout
	}
	return o
}

// LeaseWatcherInfo is what a lease watcher gets to work with.
type LeaseWatcherInfo struct {
	WorkspaceDir string             // absolute root of the workspace
	NATSURL      string             // of the hub that has just become ready
	Logger       LeaseWatcherLogger // writes to hub.log; stay silent when nothing is stale
}

// LeaseWatcherLogger is the hub.log writer a lease watcher sees.
type LeaseWatcherLogger interface {
	Infof(format string, args ...any)
	Warnf(format string, args ...any)
}

// LeaseWatcherStartFunc starts a lease watcher in goroutines of its own and
// returns how to stop it, nil if there is nothing to stop. An error is logged; the hub
// serves on without it.
type LeaseWatcherStartFunc func(ctx context.Context, info LeaseWatcherInfo) (stop func(), err error)

// afterCut is how long a step of the release that is cut may take to notice.
const afterCut = 2 * time.Second
