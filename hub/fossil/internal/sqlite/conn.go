package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// Conn is one connection inside a transaction. It is not safe for concurrent
// use. Prepared statements are kept for its lifetime.
type Conn struct {
	raw   *sqlite3.Conn
	fresh bool            // does not use the log yet
	ctx   context.Context // of the running transaction
	idle  map[string][]*sqlite3.Stmt
	large bool // has carried a value of largeValue

	broken bool // a panic went through it
}

// largeValue is from when on a connection is not kept: its memory has grown several times
// as large, and shrinks only when it is closed.
const largeValue = 2 << 20

// carried takes note of a value that went in or out.
func (c *Conn) carried(size int) { c.large = c.large || size >= largeValue }

// openWriter opens the read-write connection.
func openWriter(ctx context.Context, path string, o Options) (_ *Conn, err error) {
	c, err := open(ctx, path, forWriting, false)
	if err != nil {
		return nil, err
	}
	synchronous := "FULL"
	if o.Relaxed {
		synchronous = "NORMAL"
	}
	c.fresh = true
	defer c.calm(&err)
	if o.Busy > 0 {
		if err := c.raw.BusyTimeout(o.Busy); err != nil {
			return nil, errors.Join(c.wrap(ctx, "open", err), c.close())
		}
	}
	err = c.raw.Exec("PRAGMA cache_size=-16000; PRAGMA synchronous=" + synchronous +
		"; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=4194304")
	if err == nil && !o.Fresh {
		err = c.useLog()
	}
	if err != nil {
		return nil, errors.Join(c.wrap(ctx, "open", err), c.close())
	}
	return c, nil
}

// ownIndex makes the index of the log, if there is none, so that it has the mode of the
// database, as the log has: the library would let others read it.
func ownIndex(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path+"-shm", os.O_RDWR|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// useLog switches to write-ahead logging.
func (c *Conn) useLog() error {
	err := ownIndex(c.raw.Filename("main").String())
	if err == nil {
		// The reading makes the library open the index: it removes only one that it has opened.
		err = c.raw.Exec("PRAGMA journal_mode=WAL; SELECT 1 FROM sqlite_schema LIMIT 1")
	}
	if err == nil {
		c.fresh = false
	}
	return err
}

// openReader opens a connection that cannot write. If nobody has the database
// of a DB that only looks open, it is opened as immutable, because SQLite would
// create a log; the connection must then be short-lived.
func openReader(ctx context.Context, path string, looking bool) (*Conn, error) {
	how := forReading
	if looking {
		how = forLooking
	}
	immutable := looking && missing(path+"-wal") && missing(path+"-journal")
	c, err := open(ctx, path, how, immutable)
	if err != nil {
		return nil, err
	}
	if err := c.raw.Exec("PRAGMA cache_size=-4000"); err != nil {
		return nil, errors.Join(c.wrap(ctx, "open", err), c.close())
	}
	return c, nil
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// What a connection may take of memory, in bytes: a value of the largest size that SQLite
// knows, twice. One that only looks at a file, which may be a stranger's, gets much less.
const (
	fullMemory = 4<<30 - 64<<10
	lookMemory = 256 << 20
)

// access says how a file is opened.
type access struct {
	mode   string // SQLite's word for it: rw does not make one that is missing
	memory int64
}

var (
	forReading = access{"ro", fullMemory}
	forWriting = access{"rw", fullMemory}
	forLooking = access{"ro", lookMemory}
)

func open(ctx context.Context, path string, how access, immutable bool) (_ *Conn, err error) {
	name, err := uri(path, how, immutable)
	if err != nil {
		return nil, err
	}
	c := &Conn{ctx: context.Background(), idle: map[string][]*sqlite3.Stmt{}}
	defer func() {
		if c.broken {
			_ = c.close()
		}
	}()
	defer c.calm(&err)
	raw, err := sqlite3.OpenContext(sqlite3.WithMaxMemory(context.Background(), how.memory), name)
	c.raw = raw
	if err != nil {
		return nil, c.wrap(ctx, "open", err)
	}
	if err := errors.Join(raw.BusyTimeout(busyTimeout), harden(raw)); err != nil {
		return nil, errors.Join(c.wrap(ctx, "open", err), c.close())
	}
	if err := raw.Exec("PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON"); err != nil {
		return nil, errors.Join(c.wrap(ctx, "open", err), c.close())
	}
	return c, nil
}

// harden keeps what a stranger may have put into a schema from running: no trigger fires, no
// view is read, and the schema cannot be written to.
func harden(raw *sqlite3.Conn) error {
	_, triggers := raw.Config(sqlite3.DBCONFIG_ENABLE_TRIGGER, false)
	_, views := raw.Config(sqlite3.DBCONFIG_ENABLE_VIEW, false)
	_, defensive := raw.Config(sqlite3.DBCONFIG_DEFENSIVE, true)
	return errors.Join(triggers, views, defensive)
}

// uri returns the name under which SQLite opens the file. Files that it
// creates beside it get the same mode.
func uri(path string, how access, immutable bool) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	slashed := filepath.ToSlash(abs)
	if slashed[0] != '/' {
		slashed = "/" + slashed // a drive letter
	}
	q := url.Values{"modeof": {abs}, "mode": {how.mode}}
	if immutable {
		q.Set("immutable", strconv.Itoa(1))
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}).String(), nil // SQLite does not know + for a space
}

// close drops the statements and the connection.
func (c *Conn) close() (err error) {
	defer c.calm(&err)
	if c.raw == nil {
		return nil
	}
	for _, stmts := range c.idle {
		for _, s := range stmts {
			_ = s.Close() // reports the error of its last use again
		}
	}
	c.idle = nil
	return c.raw.Close()
}

// transact runs fn between begin and commit.
func (c *Conn) transact(ctx context.Context, begin string, fn func(*Conn) error) (err error) {
	c.ctx = ctx
	defer c.raw.SetInterrupt(c.raw.SetInterrupt(ctx))
	defer c.calm(&err)
	if err := c.raw.Exec(begin); err != nil {
		return c.wrap(ctx, begin, err)
	}
	committed := false
	defer func() {
		if !committed { // also while a panic passes through
			err = errors.Join(err, c.rollback())
		}
	}()
	if err := fn(c); err != nil {
		return err
	}
	if err := c.raw.Exec("COMMIT"); err != nil {
		return c.wrap(ctx, "commit", err)
	}
	committed = true
	return nil
}

// rollback ends the transaction even if the context is done. SQLite has done
// it already after some errors.
func (c *Conn) rollback() error {
	c.raw.SetInterrupt(context.Background())
	if c.raw.GetAutocommit() {
		return nil
	}
	return c.raw.Exec("ROLLBACK")
}
