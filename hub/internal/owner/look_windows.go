package owner

import (
	"errors"
	"os"

	"github.com/gofrs/flock"

	"bones-tui/hub/bonesdir"
)

// askLocks asks for the locks of the files. Directories have none here.
func (f *facts) askLocks(d bonesdir.Dir) {
	f.directory = probe{standing: unsupported}
	f.lock, f.role = askFile(d.LockFile()), askFile(f.path("hub.role"))
	f.lockNames = 1
}

// askFile asks for the lock of a file.
func askFile(path string) probe {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return probe{}
	case err != nil:
		return probe{standing: unasked, why: err.Error()}
	case !info.Mode().IsRegular():
		return probe{standing: unasked, why: "it is no regular file"}
	}
	l := flock.New(path, flock.SetFlag(os.O_RDONLY))
	got, err := l.TryRLock()
	if err := errors.Join(err, l.Close()); err != nil {
		return probe{standing: unasked, why: err.Error()}
	}
	if got {
		return probe{standing: free}
	}
	return probe{standing: busy}
}
