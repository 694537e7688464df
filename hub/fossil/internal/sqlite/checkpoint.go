package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/ncruces/go-sqlite3"
)

// Checkpoint moves the log into the main file. With truncate it also waits for
// readers and empties the log; otherwise it moves what it can at once. A fresh
// database starts to use a log here.
func (db *DB) Checkpoint(ctx context.Context, truncate bool) error {
	if db.opts.ReadOnly {
		return nil
	}
	c, err := db.takeWriter(ctx)
	if err != nil {
		return err
	}
	defer func() { db.writer <- c }()
	return c.checkpoint(ctx, truncate)
}

func (c *Conn) checkpoint(ctx context.Context, truncate bool) error {
	mode := sqlite3.CHECKPOINT_PASSIVE
	if truncate {
		mode = sqlite3.CHECKPOINT_TRUNCATE
	}
	defer c.raw.SetInterrupt(c.raw.SetInterrupt(ctx))
	if c.fresh {
		if err := c.useLog(); err != nil {
			return c.wrap(ctx, "checkpoint", err)
		}
		return nil
	}
	if _, _, err := c.raw.WALCheckpoint("main", mode); err != nil {
		return c.wrap(ctx, "checkpoint", err)
	}
	return nil
}

// closeWriter empties the log if no other process is in the way, and closes
// the connection; SQLite then removes the log itself.
func closeWriter(c *Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := c.checkpoint(ctx, true)
	if errors.Is(err, ErrBusy) || errors.Is(err, context.DeadlineExceeded) {
		err = nil // the other process will do it
	}
	return errors.Join(err, c.close())
}

// Size returns the bytes of the main file as the database sees it, and of the
// log file.
func (db *DB) Size(ctx context.Context) (main, log int64, err error) {
	err = db.Read(ctx, func(c *Conn) error {
		main, err = c.Size()
		return err
	})
	if info, statErr := os.Stat(db.path + "-wal"); statErr == nil {
		log = info.Size()
	}
	return main, log, err
}

// Size returns the bytes of the database.
func (c *Conn) Size() (int64, error) {
	return c.Int64("SELECT page_count*page_size FROM pragma_page_count, pragma_page_size")
}

// DataVersion returns a number that changes when another connection, of this
// process or another, has committed since the last call.
func (db *DB) DataVersion(ctx context.Context) (n int64, err error) {
	c, err := db.takeWriter(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { db.writer <- c }()
	return c.Int64("PRAGMA data_version")
}

// Check looks for structural damage; a thorough check also compares every index
// with its table. It returns an error that matches ErrCorrupt and names the
// first damaged page, or the context's error if there was no time to finish.
func (db *DB) Check(ctx context.Context, thorough bool) error {
	sql := "PRAGMA quick_check(1)"
	if thorough {
		sql = "PRAGMA integrity_check(1)"
	}
	return db.Read(ctx, func(c *Conn) error {
		var first string
		if _, err := c.Query(sql).Scan(&first); err != nil {
			return err
		}
		if first != "ok" {
			return fmt.Errorf("%w: %s", ErrCorrupt, first)
		}
		return nil
	})
}

// Recover undoes what a process that died in the middle of a transaction left
// in the file, as every writer does first. A log needs no such help.
func Recover(ctx context.Context, path string) error {
	if missing(path + "-journal") {
		return nil
	}
	c, err := open(ctx, path, forWriting, false)
	if err != nil {
		return err
	}
	_, err = c.Exists("SELECT 1 FROM sqlite_schema")
	return errors.Join(err, c.close())
}
