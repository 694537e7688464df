// Package sqlite is the database layer below a repository: one writer, a few
// readers, write-ahead logging. It alone knows which SQLite library is used.
package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how a database is opened.
type Options struct {
	ReadOnly bool          // never write, never create a file, and hold no large values
	Fresh    bool          // write without a log until the first Checkpoint: half the work for a first, large transaction
	Busy     time.Duration // how long the writer waits for another process's lock; 0 for the usual
	Relaxed  bool          // synchronous=NORMAL: a power cut may lose the last commits
}

const (
	// busyTimeout is how long the writer waits for another process's lock.
	busyTimeout = 30 * time.Second
	// closeTimeout bounds the checkpoint of Close when another process reads.
	closeTimeout = 500 * time.Millisecond
	// maxReaders bounds the connections that read at the same time.
	maxReaders = 4
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	path    string
	file    os.FileInfo // what was found there
	opts    Options
	writer  chan *Conn // holds the writer connection while nobody writes; nil if it broke
	readers chan *Conn // one entry for each reader that may run; nil if not open yet
	closed  chan struct{}
	once    sync.Once
	sealed  atomic.Bool
}

// Open opens the database at path, which must exist. A writable one is switched
// to write-ahead logging unless it is fresh. Nothing is written otherwise. Errors match fs.ErrNotExist, ErrCorrupt
// or ErrNotDatabase where that is the reason.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	file, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open: %w", err)
	}
	db := &DB{
		path:    path,
		file:    file,
		opts:    o,
		writer:  make(chan *Conn, 1),
		readers: make(chan *Conn, maxReaders),
		closed:  make(chan struct{}),
	}
	for range maxReaders {
		db.readers <- nil
	}
	if o.ReadOnly {
		return db, nil
	}
	c, err := openWriter(ctx, path, o)
	if err != nil {
		return nil, err
	}
	db.writer <- c
	return db, nil
}

// Read runs fn in a transaction that sees one state of the database. fn must
// not keep c. It returns fn's error, ErrClosed, or the context's error.
func (db *DB) Read(ctx context.Context, fn func(c *Conn) error) error {
	c, err := db.take(ctx, db.readers)
	if err != nil {
		return err
	}
	if c == nil {
		if c, err = openReader(ctx, db.path, db.opts.ReadOnly); err != nil {
			db.readers <- nil
			return err
		}
	}
	defer func() { db.readers <- db.keep(c) }()
	return c.transact(ctx, "BEGIN", fn)
}

// ReadHeld is Read through the connection that writes: it is open from the beginning, and
// reads files to which no path leads any more.
func (db *DB) ReadHeld(ctx context.Context, fn func(c *Conn) error) error {
	if db.opts.ReadOnly {
		return ErrReadOnly
	}
	c, err := db.take(ctx, db.writer)
	if err != nil {
		return err
	}
	if c == nil { // it broke
		db.writer <- nil
		return errMoved
	}
	defer func() { db.writer <- db.renewed(ctx, c) }()
	return c.transact(ctx, "BEGIN", fn)
}

// keep returns what goes back to the pool after a read. A read-only database
// keeps nothing open, so it never stops the writing process from removing its
// log on exit.
func (db *DB) keep(c *Conn) *Conn {
	if db.opts.ReadOnly || c.large || c.broken {
		_ = c.close() // nothing was written
		return nil
	}
	return c
}

// Write runs fn in a transaction that is committed if fn returns nil and
// rolled back otherwise. Only one runs at a time. fn must not keep c.
func (db *DB) Write(ctx context.Context, fn func(c *Conn) error) error {
	if !db.Writable() {
		return ErrReadOnly
	}
	c, err := db.takeWriter(ctx)
	if err != nil {
		return db.blame(err)
	}
	defer func() { db.writer <- db.renewed(ctx, c) }()
	return db.blame(c.transact(ctx, "BEGIN IMMEDIATE", fn))
}

// TryWrite is Write if nobody else writes now, in this process or another, and otherwise
// ErrBusy.
func (db *DB) TryWrite(ctx context.Context, fn func(c *Conn) error) error {
	if !db.Writable() {
		return ErrReadOnly
	}
	var c *Conn
	select {
	case c = <-db.writer:
	default:
		return ErrBusy
	}
	if c == nil { // it broke, and the next Write opens another one
		db.writer <- nil
		return ErrBusy
	}
	defer func() { db.writer <- db.renewed(ctx, c) }()
	if err := c.raw.BusyTimeout(0); err != nil {
		return c.wrap(ctx, "try", err)
	}
	defer func() {
		if !c.broken {
			_ = c.raw.BusyTimeout(cmp.Or(db.opts.Busy, busyTimeout)) // it can only fail on a closed one
		}
	}()
	return db.blame(c.transact(ctx, "BEGIN IMMEDIATE", fn))
}

// takeWriter waits for the writer, and opens another one if it broke.
func (db *DB) takeWriter(ctx context.Context) (*Conn, error) {
	c, err := db.take(ctx, db.writer)
	if c != nil || err != nil {
		return c, err
	}
	if c, err = db.reopen(ctx); err != nil {
		db.writer <- nil
		return nil, err
	}
	return c, nil
}

// reopen opens another writer, unless the path leads elsewhere by now.
func (db *DB) reopen(ctx context.Context) (*Conn, error) {
	if !db.inPlace() {
		return nil, errMoved
	}
	c, err := openWriter(context.WithoutCancel(ctx), db.path, db.opts)
	if err == nil && !db.inPlace() {
		return nil, errors.Join(errMoved, c.close()) // nothing was written
	}
	return c, err
}

var errMoved = errors.New("sqlite: another file has taken the place of the database")

// renewed returns the writer for the next one: another connection after one that has
// carried something large, and none after one that broke.
func (db *DB) renewed(ctx context.Context, c *Conn) *Conn {
	if c.broken {
		_ = c.close() // what was not committed is undone
		return nil
	}
	if !c.large || c.fresh {
		return c
	}
	next, err := db.reopen(ctx)
	if err != nil {
		return c
	}
	_ = c.close() // what it has written is committed
	return next
}

// inPlace reports whether the path leads to the file that was opened.
func (db *DB) inPlace() bool {
	now, err := os.Stat(db.path)
	return err == nil && os.SameFile(now, db.file)
}

// Seal refuses every Write from now on, for a database that is found damaged.
func (db *DB) Seal() { db.sealed.Store(true) }

// Writable reports whether Write can succeed.
func (db *DB) Writable() bool { return !db.opts.ReadOnly && !db.sealed.Load() }

// take waits for a connection from one of the pools.
func (db *DB) take(ctx context.Context, pool chan *Conn) (*Conn, error) {
	select {
	case <-db.closed:
		return nil, ErrClosed
	default:
	}
	select {
	case c := <-pool:
		return c, nil
	case <-db.closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close waits for running transactions, moves everything into the main file
// and removes the log, unless another process still uses it. Closing twice is
// fine.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() {
		close(db.closed)
		for range maxReaders {
			if c := <-db.readers; c != nil {
				_ = c.close() // nothing was written
			}
		}
		if db.opts.ReadOnly {
			return
		}
		if c := <-db.writer; c != nil {
			err = closeWriter(c)
		}
	})
	return err
}
