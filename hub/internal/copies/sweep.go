package copies

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub/bonesdir/inside"
)

// Names of the directories in which copies are opened, and in them of the file that is locked
// while they are in use.
const (
	workPrefix = ".bones-tui-recover-"
	workLock   = "lock"
)

// unlockedFor is how long a directory without a lock is somebody's who is just making it.
const unlockedFor = 24 * time.Hour

// workDir makes a directory below tmp, and first removes those that processes of this user have
// left that were killed. release removes it.
func workDir(tmp string) (dir string, release func() error, err error) {
	if canHold {
		sweep(tmp, time.Now())
	}
	if dir, err = os.MkdirTemp(tmp, workPrefix); err != nil {
		return "", nil, err
	}
	if !canHold {
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	// The lock has its name only once it is held: one that is free is nobody's.
	fresh := filepath.Join(dir, workLock+freshSuffix)
	lock, err := inside.OpenFile(dir, fresh, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	if !hold(lock) {
		err = errors.New("copies: the lock of a new directory is held")
	} else {
		err = os.Rename(fresh, filepath.Join(dir, workLock))
	}
	if err != nil {
		return "", nil, errors.Join(err, lock.Close(), os.RemoveAll(dir))
	}
	return dir, func() error { return errors.Join(os.RemoveAll(dir), lock.Close()) }, nil
}

// sweep removes what nobody uses any more. What fails is left for the next time.
func sweep(tmp string, now time.Time) {
	entries, err := os.ReadDir(tmp) //nolint:forbidigo // the system's; only names are taken from it
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), workPrefix) {
			sweepOne(filepath.Join(tmp, e.Name()), now)
		}
	}
}

func sweepOne(dir string, now time.Time) {
	info, err := inside.Stat(dir, dir, inside.Directory) // ours alone
	if err != nil {
		return
	}
	lock, err := inside.OpenFile(dir, filepath.Join(dir, workLock), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) && now.Sub(info.ModTime()) > unlockedFor {
		_ = os.RemoveAll(dir)
	}
	if err != nil {
		return
	}
	if hold(lock) {
		_ = os.RemoveAll(dir)
	}
	_ = lock.Close() // nothing was written
}
