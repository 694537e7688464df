package fossil

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// CleanCheckout reports whether a Fossil check-out in dir, of the repository at the path
// repository, holds nothing that is not in it: every file is there and has the content of the
// check-out, nothing is added, renamed, merged or stashed, there are no other files, and all of
// it could be looked at. File modes do not count. Nothing is written. Without a check-out the
// error matches ErrNotFound, and ErrForeign if it is of another repository, which is not opened
// whatever its path; while there is an error, take the check-out as not clean.
func CleanCheckout(ctx context.Context, dir, repository string) (bool, error) {
	c, err := readCheckout(ctx, dir, repository)
	if err != nil {
		return false, err
	}
	clean := !c.merging && !c.stashed
	err = c.edits(ctx, func(Edit) bool { clean = false; return false })
	return clean && err == nil, err
}

// stateFiles are where a check-out may keep its state, by Fossil's order of preference.
var stateFiles = [...]string{".fslckout", "_FOSSIL_"}

// checkoutFile finds the file where a check-out keeps its state.
func checkoutFile(dir string) (string, error) {
	for _, name := range stateFiles {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
	}
	return "", ErrNotFound
}

// checkout is what a check-out should look like.
type checkout struct {
	dir      string
	rid      int64  // of the check-in it stands on
	hash     string // of it too
	written  time.Time
	known    map[string]version // by path with slashes
	state    string             // name of the file where it keeps its state, "" if there is none
	merging  bool               // a merge waits to be checked in
	stashed  bool               // the state holds content that was put aside, or may
	trusting bool               // sizes and times tell of edits
}

// version is an artifact a file should be equal to.
type version struct {
	rid     int64
	uuid    string
	size    int64
	mtime   int64    // of the file when it was last looked at, in seconds
	suspect bool     // it was not as checked out then
	staged  EditKind // what the next check-in will do to it, if that is no edit
}

// ErrForeign is matched by the error for a check-out of another repository.
var ErrForeign = errors.New("fossil: check-out of another repository")

// readCheckout reads the state of the check-out in dir and, for the hashes, the
// repository it belongs to. The path that a check-out has recorded of it is not used: who
// has written the check-out would choose what is opened.
func readCheckout(ctx context.Context, dir, repository string) (*checkout, error) {
	state, err := checkoutFile(dir)
	if err != nil {
		return nil, fmt.Errorf("fossil: check-out %s: %w", dir, err)
	}
	info, err := os.Stat(state)
	if err != nil {
		return nil, fmt.Errorf("fossil: check-out %s: %w", dir, err)
	}
	c := &checkout{dir: dir, state: filepath.Base(state), written: info.ModTime(), known: map[string]version{}}
	if err := c.load(ctx, state, repository); err != nil {
		return nil, explain(state, "check-out", err)
	}
	return c, nil
}

func (c *checkout) load(ctx context.Context, state, repository string) error {
	err := readDatabase(ctx, state, func(db *sqlite.Conn) (err error) {
		if _, err = db.Query("SELECT CAST(value AS INTEGER) FROM vvar WHERE name='checkout'").Scan(&c.rid); err != nil {
			return err
		}
		if c.hash, err = db.Text("SELECT value FROM vvar WHERE name='checkout-hash'"); err != nil {
			return err
		}
		if c.merging, err = db.Exists("SELECT 1 FROM vmerge"); err != nil {
			return err
		}
		if c.stashed, err = hasStash(db); err != nil {
			return err
		}
		return db.Query(selectFiles).Each(func(row sqlite.Row) error {
			var name, kind string
			var v version
			row.Scan(&name, &v.rid, &v.mtime, &kind, &v.suspect)
			v.staged = EditKind(kind)
			c.known[name] = v
			return nil
		})
	})
	if err != nil {
		return err
	}
	return readDatabase(ctx, repository, func(db *sqlite.Conn) error {
		var hash string
		if _, err := db.Query("SELECT uuid FROM blob WHERE rid=?", c.rid).Scan(&hash); err != nil || hash != c.hash {
			return errors.Join(ErrForeign, err)
		}
		for name, v := range c.known {
			if v.rid == 0 {
				continue
			}
			found, err := db.Query("SELECT uuid, size FROM blob WHERE rid=?", v.rid).Scan(&v.uuid, &v.size)
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("artifact of %s: %w", name, ErrNotFound)
			}
			c.known[name] = v
		}
		return nil
	})
}

// hasStash reports whether a check-out's state holds what `fossil stash` has put aside.
func hasStash(db *sqlite.Conn) (bool, error) {
	ok, err := db.Exists("SELECT 1 FROM sqlite_schema WHERE type='table' AND name='stash' COLLATE NOCASE")
	if err != nil || !ok {
		return false, err
	}
	return db.Exists("SELECT 1 FROM stash")
}

// findStash looks for one in a directory of which nothing else is known. A state that cannot
// be read may have one.
func (c *checkout) findStash(ctx context.Context) {
	state, err := checkoutFile(c.dir)
	if err != nil {
		return
	}
	info, err := os.Lstat(state)
	if err != nil || info.IsDir() {
		return
	}
	c.state, c.stashed = filepath.Base(state), true
	if !info.Mode().IsRegular() {
		return
	}
	err = readDatabase(ctx, state, func(db *sqlite.Conn) (err error) {
		c.stashed, err = hasStash(db)
		return err
	})
	c.stashed = c.stashed || err != nil
}

// CheckoutRepository returns the path that the Fossil check-out in dir has recorded of its
// repository, where the fossil program sends what is checked in there. Whoever has written the
// check-out has chosen it: it is a text. Without a check-out the error matches ErrNotFound.
func CheckoutRepository(ctx context.Context, dir string) (path string, err error) {
	state, err := checkoutFile(dir)
	if err != nil {
		return "", fmt.Errorf("fossil: check-out %s: %w", dir, err)
	}
	err = readDatabase(ctx, state, func(db *sqlite.Conn) error {
		path, err = db.Text("SELECT value FROM vvar WHERE name='repository'")
		return err
	})
	return path, explain(state, "check-out", err)
}

const selectFiles = `SELECT pathname, rid, coalesce(mtime, 0), CASE WHEN rid=0 THEN 'added' WHEN deleted THEN 'missing'
	WHEN chnged>1 THEN 'changed' WHEN origname IS NOT NULL AND origname<>pathname THEN 'renamed' ELSE '' END, chnged<>0 FROM vfile`

// readDatabase runs fn on a file, which may be a stranger's, without leaving a trace.
func readDatabase(ctx context.Context, path string, fn func(*sqlite.Conn) error) error {
	db, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	err = db.Read(ctx, func(c *sqlite.Conn) error {
		if err := schema.CheckPlain(c); err != nil {
			return err
		}
		return fn(c)
	})
	return errors.Join(err, db.Close())
}

// isCheckoutState reports the files in the top directory that Fossil itself
// keeps there.
func isCheckoutState(rel string) bool {
	for _, name := range stateFiles {
		if isStateOf(name, rel) || rel == name+"-shm" {
			return true
		}
	}
	return false
}

// isStateOf reports the files that together hold what the state file has.
func isStateOf(state, rel string) bool {
	return rel == state || rel == state+"-journal" || rel == state+"-wal"
}

// matches compares a file. A symlink may be there as a plain file that holds
// its target.
func (v version) matches(ctx context.Context, path string, d fs.DirEntry) (bool, error) {
	if d.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		return blob.Verify(v.uuid, []byte(target)), err
	}
	if !d.Type().IsRegular() {
		return false, nil
	}
	info, err := d.Info()
	if err != nil || info.Size() != v.size {
		return false, err
	}
	if v.size > store.MaxArtifact { // no repository holds it, whatever this one says
		return false, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	same, err := blob.VerifyReader(v.uuid, whileWanted{ctx, f})
	return same, errors.Join(err, f.Close())
}

// whileWanted reads until a context ends.
type whileWanted struct {
	ctx context.Context
	r   io.Reader
}

func (w whileWanted) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}
