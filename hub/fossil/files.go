package fossil

import (
	"context"
	"crypto/sha1"
	"crypto/sha3"
	"encoding/hex"
	"fmt"
	"io"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/store"
)

// FileInfo describes a file of a check-in.
type FileInfo struct {
	Name string
	UUID string // of the content
	Perm Perm
	Size int64 // -1 if the content is not here
}

// filesOf returns the tree of a check-in, sorted by name.
func filesOf(v store.View, rid int64) ([]artifact.File, error) {
	m, err := crosslink.Manifest(v, rid)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, ErrNotFound
	}
	files, err := crosslink.Files(v, m)
	if err == nil && files == nil {
		err = fmt.Errorf("baseline %s: %w", m.Baseline, ErrNotFound)
	}
	return files, err
}

// Files returns the whole tree of a check-in, named as in Resolve, sorted by
// name.
func (r *Repo) Files(ctx context.Context, rev string) (list []FileInfo, err error) {
	err = r.read(ctx, "files of "+rev, func(v store.View) error {
		ci, err := resolve(v, rev)
		if err != nil {
			return err
		}
		files, err := filesOf(v, ci.RID)
		if err != nil {
			return err
		}
		list = make([]FileInfo, 0, len(files))
		for _, f := range files {
			info := FileInfo{Name: f.Name, UUID: f.UUID, Perm: Perm(f.Perm), Size: -1}
			if _, err := v.Query("SELECT size FROM blob WHERE uuid=?", f.UUID).Scan(&info.Size); err != nil {
				return err
			}
			list = append(list, info)
		}
		return nil
	})
	return list, err
}

// ReadFileAt returns the content of a file in a check-in, named as in Resolve.
// A missing file or check-in is ErrNotFound.
func (r *Repo) ReadFileAt(ctx context.Context, rev, name string) (content []byte, err error) {
	err = r.read(ctx, "read "+name, func(v store.View) error {
		text, err := fileAt(v, rev, name)
		content = append([]byte{}, text...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return content, nil
}

// Hashes are the two names that content can have as an artifact.
type Hashes struct{ sha1, sha3 string }

// HashesOf reads content to its end.
func HashesOf(ctx context.Context, content io.Reader) (Hashes, error) {
	old, now := sha1.New(), sha3.New256()
	if _, err := io.Copy(io.MultiWriter(old, now), whileWanted{ctx, content}); err != nil {
		return Hashes{}, fmt.Errorf("fossil: hash content: %w", err)
	}
	return Hashes{hex.EncodeToString(old.Sum(nil)), hex.EncodeToString(now.Sum(nil))}, nil
}

// Name reports whether a hash is one of them.
func (h Hashes) Name(uuid string) bool { return uuid == h.sha1 || uuid == h.sha3 }

// Brought reports whether a check-in has brought content under the name of a file, other than
// the check-in since and its ancestors. Any will do if since is "", none if it is not here.
func (r *Repo) Brought(ctx context.Context, since, name string, h Hashes) (brought bool, err error) {
	err = r.read(ctx, "look for a file", func(v store.View) error {
		if since != "" {
			if _, filled, err := v.Lookup(since); err != nil || !filled {
				return err
			}
		}
		brought, err = v.Exists(`SELECT 1 FROM mlink JOIN filename USING(fnid) WHERE filename.name=?1
			AND fid IN (SELECT rid FROM blob WHERE uuid IN (?2,?3) AND size>=0)
			AND mid NOT IN (WITH RECURSIVE older(rid) AS (SELECT rid FROM blob WHERE uuid=?4
				UNION SELECT pid FROM plink JOIN older ON cid=older.rid) SELECT rid FROM older)`, name, h.sha1, h.sha3, since)
		return err
	})
	return brought, err
}

// errNoFile says that the check-in is there and the file is not.
var errNoFile = fmt.Errorf("no such file: %w", ErrNotFound)

// fileAt returns content that must not be modified.
func fileAt(v store.View, rev, name string) ([]byte, error) {
	ci, err := resolve(v, rev)
	if err != nil {
		return nil, err
	}
	files, err := filesOf(v, ci.RID)
	if err != nil {
		return nil, err
	}
	f, ok := findFile(files, name)
	if !ok {
		return nil, errNoFile
	}
	rid, _, err := v.Lookup(f.UUID)
	if err != nil {
		return nil, err
	}
	return v.Content(rid)
}
