package fossil

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Mark says up to where a copy has what a repository holds. The zero value is nowhere.
type Mark struct {
	rid     int64
	waiting []int64 // rids up to there that are known by name only
}

// ErrOtherProject is matched by the error for a copy of another project.
var ErrOtherProject = errors.New("fossil: of another project")

// CopyTo writes what the repository holds now to a new file at path, mode 0600. The copy is
// a repository in one file: what only the log holds is in it, and nothing that is done to
// one of them later shows in the other. Others may commit meanwhile. After an error there
// is no file.
func (r *Repo) CopyTo(ctx context.Context, path string) (m Mark, err error) {
	return r.copyTo(ctx, path, r.db.Read)
}

// CopyHeld is CopyTo for a repository that was deleted, moved or replaced under the process
// that has it open for writing.
func (r *Repo) CopyHeld(ctx context.Context, path string) error {
	_, err := r.copyTo(ctx, path, r.db.ReadHeld)
	return err
}

func (r *Repo) copyTo(ctx context.Context, path string, read func(context.Context, func(*sqlite.Conn) error) error) (m Mark, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, fmt.Errorf("fossil: copy: %w", err)
	}
	if err = f.Close(); err == nil {
		err = explain(r.path, "copy", read(ctx, func(c *sqlite.Conn) error {
			if m, err = markOf(r.store.View(c)); err != nil {
				return err
			}
			return c.CopyTo(ctx, path)
		}))
	}
	if err != nil {
		return Mark{}, errors.Join(err, removeFiles(path))
	}
	return m, nil
}

func markOf(v store.View) (m Mark, err error) {
	if m.rid, err = v.Int64("SELECT coalesce(max(rid), 0) FROM blob"); err != nil {
		return m, err
	}
	err = v.Query("SELECT rid FROM phantom").Each(func(row sqlite.Row) error {
		m.waiting = append(m.waiting, row.Int64(0))
		return nil
	})
	return m, err
}

// copyCache bounds the memory of a copy that is brought up to date, in bytes.
const copyCache = 4 << 20

// CopyNews adds to the copy at path the artifacts that it lacks, of those that the
// repository has got since the mark, and unversioned files. Nothing is taken away from the
// copy, but that of an unversioned file the newer one stays; its accounts and
// settings stay as they were when it was made. Nobody else may use it meanwhile. Afterwards
// it is in one file again. A copy of another project is refused with ErrOtherProject.
func (r *Repo) CopyNews(ctx context.Context, path string, since Mark) (m Mark, err error) {
	into, err := Open(ctx, path, ReadWrite, WithCache(copyCache), WithoutCheck())
	if err != nil {
		return since, err
	}
	if into.code != r.code {
		return since, errors.Join(fmt.Errorf("fossil: copy news to %s: %w", path, ErrOtherProject), into.Close())
	}
	err = r.read(ctx, "copy news", func(v store.View) error {
		if m, err = markOf(v); err != nil {
			return err
		}
		return into.write(ctx, "copy news", func(conn *sqlite.Conn) error {
			tx := into.store.Tx(conn, store.Origin{Time: time.Now()})
			l := crosslink.New(tx)
			if err := absorb(l, v, since); err != nil {
				return err
			}
			return absorbUnversioned(l, v)
		})
	})
	if err = errors.Join(err, into.Close()); err != nil {
		return since, err
	}
	return m, nil
}

// absorb adds what v has got since a mark. Content that is damaged is an error, and nothing
// is added then: another copy than this one has to be taken.
func absorb(l *crosslink.Linker, v store.View, since Mark) error {
	err := v.Query("SELECT rid, uuid FROM blob WHERE rid>? AND size>=0 ORDER BY rid", since.rid).Each(func(row sqlite.Row) error {
		return absorbOne(l, v, row.Int64(0), row.Text(1))
	})
	if err != nil {
		return err
	}
	for _, rid := range slices.Sorted(slices.Values(since.waiting)) {
		var uuid string
		found, err := v.Query("SELECT uuid FROM blob WHERE rid=? AND size>=0", rid).Scan(&uuid)
		if err == nil && found {
			err = absorbOne(l, v, rid, uuid)
		}
		if err != nil {
			return err
		}
	}
	return l.Finish()
}

func absorbOne(l *crosslink.Linker, v store.View, rid int64, uuid string) error {
	if _, filled, err := l.Lookup(uuid); err != nil || filled {
		return err
	}
	content, err := v.Content(rid)
	if errors.Is(err, store.ErrPhantom) { // a delta whose source is missing
		return nil
	}
	if err != nil {
		return err
	}
	if !blob.Verify(uuid, content) {
		return &store.DamageError{UUID: uuid, Err: store.ErrHash}
	}
	private, err := v.Exists("SELECT 1 FROM private WHERE rid=?", rid)
	if err != nil {
		return err
	}
	if _, err := l.Put(store.Artifact{UUID: uuid, Plain: content, Private: private}); err != nil {
		return err
	}
	return l.Link()
}
