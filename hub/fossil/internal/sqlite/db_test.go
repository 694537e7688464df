package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bones-tui/hub/fossil/internal/sqlite"
)

// open returns a database with an empty table t(x).
func open(t *testing.T) (*sqlite.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	write(t, db, "CREATE TABLE t(x)")
	return db, path
}

func write(t *testing.T, db *sqlite.DB, sql string, args ...any) {
	t.Helper()
	if err := db.Write(t.Context(), func(c *sqlite.Conn) error { return c.Exec(sql, args...) }); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *sqlite.DB) (n int64) {
	t.Helper()
	err := db.Read(t.Context(), func(c *sqlite.Conn) (err error) {
		n, err = c.Int64("SELECT count(*) FROM t")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	db, _ := open(t)
	write(t, db, "INSERT INTO t VALUES(?),(?),(?),(?),(?),(?)", int64(7), "text\x00more", []byte{0, 1}, 1.5, nil, true)
	err := db.Read(t.Context(), func(c *sqlite.Conn) error {
		var i int64
		var s, null string
		var b []byte
		var f float64
		var yes bool
		found, err := c.Query("SELECT (SELECT x FROM t WHERE rowid=1), (SELECT x FROM t WHERE rowid=2), (SELECT x FROM t WHERE rowid=3),"+
			"(SELECT x FROM t WHERE rowid=4), (SELECT x FROM t WHERE rowid=5), (SELECT x FROM t WHERE rowid=6)").Scan(&i, &s, &b, &f, &null, &yes)
		if !found || i != 7 || s != "text\x00more" || string(b) != "\x00\x01" || f != 1.5 || null != "" || !yes {
			t.Errorf("got %v %d %q %q %v %q %v", found, i, s, b, f, null, yes)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAQueryMayRunInsideItself(t *testing.T) {
	db, _ := open(t)
	write(t, db, "INSERT INTO t VALUES(1),(2),(3)")
	pairs := 0
	err := db.Read(t.Context(), func(c *sqlite.Conn) error {
		const all = "SELECT x FROM t"
		return c.Query(all).Each(func(sqlite.Row) error {
			return c.Query(all).Each(func(sqlite.Row) error { pairs++; return nil })
		})
	})
	if err != nil || pairs != 9 {
		t.Errorf("%d pairs, %v; want 9", pairs, err)
	}
}

func TestFailedWritesLeaveNothing(t *testing.T) {
	db, _ := open(t)
	broken := errors.New("broken")
	err := db.Write(t.Context(), func(c *sqlite.Conn) error {
		return errors.Join(c.Exec("INSERT INTO t VALUES(1)"), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want the function's", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		_ = db.Write(t.Context(), func(c *sqlite.Conn) error {
			if err := c.Exec("INSERT INTO t VALUES(1)"); err != nil {
				t.Error(err)
			}
			panic("broken")
		})
	}()
	if n := count(t, db); n != 0 {
		t.Errorf("%d rows, want none", n)
	}
	write(t, db, "INSERT INTO t VALUES(1)") // nothing is locked
}

func TestReadersSeeOneState(t *testing.T) {
	db, _ := open(t)
	err := db.Read(t.Context(), func(c *sqlite.Conn) error {
		for range 3 {
			n, err := c.Int64("SELECT count(*) FROM t")
			if err != nil || n != 0 {
				t.Errorf("%d rows, %v; want the state at the start", n, err)
			}
			write(t, db, "INSERT INTO t VALUES(1)")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if n := count(t, db); n != 3 {
		t.Errorf("%d rows afterwards, want 3", n)
	}
}

func TestWritersTakeTurns(t *testing.T) {
	db, path := open(t)
	other, err := sqlite.Open(t.Context(), path, sqlite.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() { write(t, []*sqlite.DB{db, other}[i%2], "INSERT INTO t SELECT count(*) FROM t") })
	}
	wg.Wait()
	err = db.Read(t.Context(), func(c *sqlite.Conn) error {
		n, err := c.Int64("SELECT count(DISTINCT x) FROM t")
		if n != 40 {
			t.Errorf("%d different values, want 40: writers saw stale states", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestContextEndsAStatement(t *testing.T) {
	db, _ := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := db.Read(ctx, func(c *sqlite.Conn) error {
		_, err := c.Int64("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n")
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want context.DeadlineExceeded", err)
	}
	if n := count(t, db); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestContextEndsTheWaitForAWriter(t *testing.T) {
	db, _ := open(t)
	err := db.Write(t.Context(), func(*sqlite.Conn) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return db.Write(ctx, func(*sqlite.Conn) error { return nil })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	db, path := open(t)
	write(t, db, "INSERT INTO t VALUES(1)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Read(t.Context(), func(*sqlite.Conn) error { return nil }); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("read after Close: %v, want ErrClosed", err)
	}
	view, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	if err := view.Write(t.Context(), func(*sqlite.Conn) error { return nil }); !errors.Is(err, sqlite.ErrReadOnly) {
		t.Errorf("write: %v, want ErrReadOnly", err)
	}
	if err := view.Read(t.Context(), func(c *sqlite.Conn) error { return c.Exec("INSERT INTO t VALUES(2)") }); err == nil {
		t.Error("a reader could write")
	}
	if n := count(t, view); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 1 {
		t.Errorf("files %v, %v; want only the database", names, err)
	}
}

func TestDataVersionTellsOfOthers(t *testing.T) {
	db, path := open(t)
	before, err := db.DataVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, "INSERT INTO t VALUES(1)")
	if own, err := db.DataVersion(t.Context()); err != nil || own != before {
		t.Errorf("version %d after an own write, %v; want %d", own, err, before)
	}
	other, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	write(t, other, "INSERT INTO t VALUES(1)")
	if after, err := db.DataVersion(t.Context()); err != nil || after == before {
		t.Errorf("version %d after another's write, %v; want another", after, err)
	}
}

func TestCheckpointEmptiesTheLog(t *testing.T) {
	db, path := open(t)
	write(t, db, "INSERT INTO t VALUES(zeroblob(100000))")
	if _, log, err := db.Size(t.Context()); err != nil || log < 100000 {
		t.Errorf("log of %d bytes, %v; want the row in it", log, err)
	}
	if err := db.Checkpoint(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	size, log, err := db.Size(t.Context())
	if err != nil || log != 0 || size < 100000 {
		t.Errorf("file of %d and log of %d bytes, %v; want all in the file", size, log, err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != size {
		t.Errorf("file %v, %v; want %d bytes", info, err, size)
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%q: %v, %v; want mode 0600", suffix, info, err)
		}
	}
}

func TestFreshDatabaseGetsItsLogAtTheFirstCheckpoint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fresh.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mode := func(want string) {
		t.Helper()
		err := db.Read(t.Context(), func(c *sqlite.Conn) error {
			got, err := c.Text("PRAGMA journal_mode")
			if got != want {
				t.Errorf("journal mode %s, want %s", got, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	write(t, db, "CREATE TABLE t(x)")
	mode("delete")
	if err := db.Checkpoint(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	mode("wal")
	write(t, db, "INSERT INTO t VALUES(1)")
	if n := count(t, db); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// A value that does not fit into memory is an error, whoever made it, and what comes after it
// works.
func TestValuesTooLargeAreErrors(t *testing.T) {
	db, path := open(t)
	write(t, db, "INSERT INTO t VALUES(1)")
	other, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	for _, c := range []struct {
		name string
		do   func(context.Context, func(*sqlite.Conn) error) error
		sql  string
		with *sqlite.DB
	}{
		{"a reader's memory", other.Read, "SELECT hex(zeroblob(200000000))", other},
		{"beyond SQLite's limit, read", db.Read, "SELECT zeroblob(1000000001)", db},
		{"beyond SQLite's limit, written", db.Write, "INSERT INTO t VALUES(zeroblob(1000000001))", db},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.do(t.Context(), func(conn *sqlite.Conn) error {
				return conn.Query(c.sql).Each(func(r sqlite.Row) error { _ = r.Int64(0); return nil })
			})
			if !errors.Is(err, sqlite.ErrTooLarge) {
				t.Errorf("%v", err)
			}
			if n := count(t, c.with); n != 1 {
				t.Errorf("then %d rows, want 1", n)
			}
		})
	}
}

// A panic on its way through a write costs the connection, and nothing else.
func TestAWriterThatBrokeIsReplaced(t *testing.T) {
	db, _ := open(t)
	for range 3 {
		func() {
			defer func() { _ = recover() }()
			_ = db.Write(t.Context(), func(c *sqlite.Conn) error {
				_ = c.Exec("INSERT INTO t VALUES(1)")
				panic("broken")
			})
		}()
		write(t, db, "INSERT INTO t VALUES(2)")
		if err := db.Checkpoint(t.Context(), true); err != nil {
			t.Error(err)
		}
	}
	if n := count(t, db); n != 3 {
		t.Errorf("%d rows, want the 3 that were committed", n)
	}
}
