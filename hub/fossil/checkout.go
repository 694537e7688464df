package fossil

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/sqlite"
)

// CleanCheckout reports whether a Fossil check-out in dir holds nothing that
// is not in its repository: every file is there and has the content of the
// check-out, nothing is added, renamed or merged, and there are no other
// files. File modes do not count. Nothing is written. Without a check-out the error matches
// ErrNotFound; while there is an error, take the check-out as not clean.
func CleanCheckout(ctx context.Context, dir string) (bool, error) {
	state, err := checkoutFile(dir)
	if err != nil {
		return false, fmt.Errorf("fossil: check-out %s: %w", dir, err)
	}
	c := checkout{dir: dir, known: map[string]version{}}
	if err := c.load(ctx, state); err != nil {
		return false, explain(state, "check-out", err)
	}
	if c.pending {
		return false, nil
	}
	clean, err := c.compare(ctx)
	if err != nil {
		return false, fmt.Errorf("fossil: check-out %s: %w", dir, err)
	}
	return clean, nil
}

// checkoutFile finds the file where a check-out keeps its state.
func checkoutFile(dir string) (string, error) {
	for _, name := range []string{".fslckout", "_FOSSIL_"} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
	}
	return "", ErrNotFound
}

// checkout is what a check-out should look like.
type checkout struct {
	dir     string
	known   map[string]version // by path with slashes
	pending bool               // there are edits that the files do not show
}

// version is an artifact a file should be equal to.
type version struct {
	rid  int64
	uuid string
	size int64
}

// load reads the state and, for the hashes, the repository it belongs to.
func (c *checkout) load(ctx context.Context, state string) error {
	var repository string
	err := readDatabase(ctx, state, func(db *sqlite.Conn) (err error) {
		if repository, err = db.Text("SELECT value FROM vvar WHERE name='repository'"); err != nil {
			return err
		}
		if c.pending, err = db.Exists(`SELECT 1 FROM vfile WHERE rid=0 OR deleted OR chnged>0
			OR (origname IS NOT NULL AND origname<>pathname) UNION SELECT 1 FROM vmerge`); err != nil || c.pending {
			return err
		}
		return db.Query("SELECT pathname, rid FROM vfile").Each(func(row sqlite.Row) error {
			c.known[row.Text(0)] = version{rid: row.Int64(1)}
			return nil
		})
	})
	if err != nil || c.pending {
		return err
	}
	if !filepath.IsAbs(repository) {
		repository = filepath.Join(c.dir, repository)
	}
	return readDatabase(ctx, repository, func(db *sqlite.Conn) error {
		for name, v := range c.known {
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

// readDatabase runs fn on a file without leaving a trace.
func readDatabase(ctx context.Context, path string, fn func(*sqlite.Conn) error) error {
	db, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(db.Read(ctx, fn), db.Close())
}

// compare walks the directory.
func (c *checkout) compare(ctx context.Context) (clean bool, err error) {
	errDirty := errors.New("dirty")
	seen := 0
	err = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(c.dir, path)
		if err != nil || d.IsDir() || isCheckoutState(rel) {
			return err
		}
		want, ok := c.known[filepath.ToSlash(rel)]
		if !ok {
			return errDirty
		}
		same, err := want.matches(path, d)
		if err == nil && !same {
			err = errDirty
		}
		seen++
		return err
	})
	if errors.Is(err, errDirty) {
		return false, nil
	}
	return err == nil && seen == len(c.known), err
}

// isCheckoutState reports the files in the top directory that Fossil itself
// keeps there.
func isCheckoutState(rel string) bool {
	return strings.HasPrefix(rel, ".fslckout") || strings.HasPrefix(rel, "_FOSSIL_")
}

// matches compares a file. A symlink may be there as a plain file that holds
// its target.
func (v version) matches(path string, d fs.DirEntry) (bool, error) {
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
	content, err := os.ReadFile(path)
	return blob.Verify(v.uuid, content), err
}
