package fossil

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Trunk is the branch that a hub and its slots work on.
const Trunk = "trunk"

// program is what a repository says it was made by.
const program = "bones-tui"

// Mode says what a repository is opened for.
type Mode uint8

// The modes. ReadOnly neither writes nor creates a file, and is safe beside a
// hub of another process.
const (
	ReadWrite Mode = iota
	ReadOnly
)

// Option changes how a repository is opened.
type Option func(*settings)

type settings struct {
	relaxed     bool
	strictLogin bool
	cacheBytes  int
	checkLimit  time.Duration
	busyLimit   time.Duration
}

func newSettings(opts []Option) settings {
	s := settings{cacheBytes: 32 << 20, checkLimit: 2 * time.Second}
	for _, o := range opts {
		o(&s)
	}
	return s
}

// WithRelaxedSync leaves it, if on, to the operating system when commits reach
// the disk: a power cut may lose the last ones, never the repository.
func WithRelaxedSync(on bool) Option { return func(s *settings) { s.relaxed = on } }

// WithStrictLogin refuses, if on, logins whose nonce is not the hash of the
// rest of the message. Agents' clients do not send such nonces.
func WithStrictLogin(on bool) Option { return func(s *settings) { s.strictLogin = on } }

// WithCache bounds the memory for expanded content, in bytes; 32 MiB if unset.
func WithCache(bytes int) Option { return func(s *settings) { s.cacheBytes = bytes } }

// WithoutCheck opens without a search for damage, which takes its time: for one that
// looks at many repositories, often.
func WithoutCheck() Option { return func(s *settings) { s.checkLimit = 0 } }

// CreateOptions describe a new repository.
type CreateOptions struct {
	ProjectName string
	User        string // login of the first user; "" means "orchestrator"
	ProjectCode string // 40 hex digits; "" means random
	RelaxedSync bool   // see WithRelaxedSync
}

// Repo is an open repository. It is safe for concurrent use.
type Repo struct {
	path     string
	code     string
	name     string
	db       *sqlite.DB
	store    *store.Store
	fresh    atomic.Bool // nothing was written since Create
	ready    atomic.Bool
	refusing atomic.Pointer[string] // why no message is answered, nil if they are
	requests atomic.Uint64
	server   *serve.Server
	pool     pool
	watch    watchers
	keeper   *keeper
	closing  sync.Once
	closeErr error
}

// Create makes the file at path, which must not exist, with mode 0600. The
// repository holds no check-in yet, but other programs can open it already.
func Create(ctx context.Context, path string, o CreateOptions) (*Repo, error) {
	p, err := o.params()
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("fossil: create: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("fossil: create: %w", err)
	}
	r, err := create(ctx, path, p, o.RelaxedSync)
	if err != nil {
		return nil, errors.Join(err, removeFiles(path))
	}
	return r, nil
}

// params checks the options and fills in the defaults.
func (o CreateOptions) params() (schema.Params, error) {
	p := schema.Params{
		ProjectCode: o.ProjectCode,
		ProjectName: o.ProjectName,
		Admin:       o.User,
		Program:     program,
		Now:         time.Now(),
	}
	if p.Admin == "" {
		p.Admin = "orchestrator"
	}
	if p.ProjectCode == "" {
		var random [20]byte
		_, _ = rand.Read(random[:]) // never fails
		p.ProjectCode = hex.EncodeToString(random[:])
	}
	if b, err := hex.DecodeString(p.ProjectCode); err != nil || len(b) != 20 {
		return p, fmt.Errorf("fossil: create: project code %q is not 40 hex digits", o.ProjectCode)
	}
	return p, nil
}

func create(ctx context.Context, path string, p schema.Params, relaxed bool) (*Repo, error) {
	db, err := sqlite.Open(ctx, path, sqlite.Options{Relaxed: relaxed, Fresh: true})
	if err != nil {
		return nil, explain(path, "create", err)
	}
	err = db.Write(ctx, func(c *sqlite.Conn) error { return schema.Create(c, p) })
	if err != nil {
		return nil, errors.Join(explain(path, "create", err), db.Close())
	}
	r, err := newRepo(ctx, path, db, newSettings(nil))
	if err != nil {
		return nil, errors.Join(explain(path, "create", err), db.Close())
	}
	r.fresh.Store(true)
	return r, nil
}

// removeFiles deletes a repository that could not be made.
func removeFiles(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Open opens an existing repository. Errors match fs.ErrNotExist,
// ErrNotRepository or ErrCorrupt. If the file is damaged but can still be read
// in part, Open returns, beside the *CorruptError, a repository in mode
// ReadOnly; the file is then left exactly as it is.
func Open(ctx context.Context, path string, m Mode, opts ...Option) (*Repo, error) {
	s := newSettings(opts)
	if m == ReadWrite {
		if err := sqlite.Recover(ctx, path); err != nil {
			return nil, explain(path, "open", err)
		}
	}
	reader, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	if err != nil {
		return nil, explain(path, "open", err)
	}
	damage, err := inspect(ctx, reader, s.checkLimit)
	if err != nil {
		return nil, explain(path, "open", err)
	}
	db := reader
	if m == ReadWrite && damage == nil {
		if db, err = sqlite.Open(ctx, path, sqlite.Options{Relaxed: s.relaxed, Busy: s.busyLimit}); err != nil {
			return nil, explain(path, "open", err)
		}
	}
	r, err := newRepo(ctx, path, db, s)
	if err != nil {
		return nil, errors.Join(explain(path, "open", err), db.Close())
	}
	if damage != nil {
		return r, explain(path, "open", damage)
	}
	return r, nil
}

// inspect tells a repository from other files, and then looks for damage for
// no longer than limit. Damage that hides the schema is an error.
func inspect(ctx context.Context, db *sqlite.DB, limit time.Duration) (damage, err error) {
	if err := db.Read(ctx, schema.Check); err != nil {
		return nil, err
	}
	if limit <= 0 {
		return nil, nil
	}
	brief, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	switch err := db.Check(brief, false); {
	case errors.Is(err, sqlite.ErrCorrupt):
		return err, nil
	case errors.Is(err, context.DeadlineExceeded):
		return nil, ctx.Err()
	default:
		return nil, err
	}
}

// newRepo reads what never changes and starts the keeper.
func newRepo(ctx context.Context, path string, db *sqlite.DB, s settings) (*Repo, error) {
	r := &Repo{path: path, db: db, store: store.New(s.cacheBytes), pool: newPool()}
	err := db.Read(ctx, func(c *sqlite.Conn) (err error) {
		if r.code, err = c.Text("SELECT value FROM config WHERE name='project-code'"); err == nil {
			r.name, err = c.Text("SELECT value FROM config WHERE name='project-name'")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	r.server = &serve.Server{DB: db, Store: r.store, ProjectCode: r.code, StrictLogin: s.strictLogin}
	r.keeper = startKeeper(r)
	return r, nil
}

// Path returns the file of the repository.
func (r *Repo) Path() string { return r.path }

// ProjectCode returns the 40 hex digits that name the project on the wire.
func (r *Repo) ProjectCode() string { return r.code }

// ProjectName returns the name that clones show, as it was at the start.
func (r *Repo) ProjectName() string { return r.name }

// SetReady says whether the HTTP handler may serve; it answers 503 until then.
func (r *Repo) SetReady(ready bool) { r.ready.Store(ready) }

// SetRefusing has every sync message answered with an error card that tells the reason,
// from now on and whatever carried it; "" ends that. A message that is being worked on is
// answered so too, whatever became of it.
func (r *Repo) SetRefusing(reason string) {
	if reason == "" {
		r.refusing.Store(nil)
		return
	}
	r.refusing.Store(&reason)
}

// Requests returns how many sync requests were answered.
func (r *Repo) Requests() uint64 { return r.requests.Load() }

// Checkpoint moves everything into the main file, so that programs which do
// not know of the log beside it see it too.
func (r *Repo) Checkpoint(ctx context.Context) error {
	return explain(r.path, "checkpoint", r.db.Checkpoint(ctx, true))
}

// Close waits for what is running, writes the log back and closes the file. No
// file but the repository remains, unless another process has it open. Closing
// twice is fine.
func (r *Repo) Close() error {
	r.closing.Do(func() {
		r.keeper.stop()
		r.closeErr = explain(r.path, "close", r.db.Close())
	})
	return r.closeErr
}

// read runs fn on one state of the repository.
func (r *Repo) read(ctx context.Context, what string, fn func(v store.View) error) error {
	return explain(r.path, what, r.db.Read(ctx, func(c *sqlite.Conn) error { return fn(r.store.View(c)) }))
}

// write runs fn in a transaction and has the log written back soon.
func (r *Repo) write(ctx context.Context, what string, fn func(c *sqlite.Conn) error) error {
	err := r.db.Write(ctx, fn)
	if err == nil {
		if r.fresh.Swap(false) {
			_ = r.settle(ctx) // the keeper tries again
		}
		r.keeper.touched()
	}
	return explain(r.path, what, err)
}
