package copies

import (
	"context"
	"errors"
	"path/filepath"

	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Open opens what a copy holds, and leaves the copy as it is: database and log are copied to
// a directory of their own below tmp, and opened without the log and with it. What either of
// them has counts: a log that does not fit, and a database that was never written back, are
// both sound and both lack something. close removes the directory; that of a process that was
// killed goes with the next Open.
func Open(ctx context.Context, c Copy, tmp string) (repo *fossil.Repo, closeAll func() error, err error) {
	dir, release, err := workDir(tmp)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, release())
		}
	}()
	path, err := union(ctx, c, dir)
	if err != nil {
		return nil, nil, err
	}
	if repo, err = fossil.Open(ctx, path, fossil.ReadOnly); repo == nil {
		return nil, nil, err
	}
	return repo, func() error { return errors.Join(repo.Close(), release()) }, nil
}

// union returns the path of a database below dir that holds what c holds with its log and
// without.
func union(ctx context.Context, c Copy, dir string) (string, error) {
	with, without := filepath.Join(dir, "with.fossil"), filepath.Join(dir, "without.fossil")
	if err := duplicate(c.below, c.Path, dir, with, false); err != nil {
		return "", err
	}
	if info, err := inside.Stat(c.below, c.Path+"-wal", inside.File); err != nil || info.Size() == 0 {
		return with, nil //nolint:nilerr // there is no log
	}
	err := errors.Join(duplicate(c.below, c.Path+"-wal", dir, with+"-wal", false), duplicate(c.below, c.Path, dir, without, false))
	if err != nil {
		return "", err
	}
	whole, err := fossil.Open(ctx, with, fossil.ReadOnly)
	if whole == nil || err != nil {
		return without, closed(whole) // the log fits no longer
	}
	bare, err := fossil.Open(ctx, without, fossil.ReadOnly)
	if bare == nil || err != nil {
		return with, errors.Join(closed(whole), closed(bare)) // nothing was ever written back
	}
	_, err = bare.CopyNews(ctx, with, fossil.Mark{})
	if errors.Is(err, fossil.ErrOtherProject) { // the log is another one's
		return without, errors.Join(closed(whole), bare.Close())
	}
	return with, errors.Join(err, closed(whole), bare.Close())
}

func closed(r *fossil.Repo) error {
	if r == nil {
		return nil
	}
	return r.Close()
}
