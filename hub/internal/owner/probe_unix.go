//go:build unix

package owner

import (
	"errors"

	"golang.org/x/sys/unix"
)

// flockCall is flock(2), or what a test puts in its place for directories.
type flockCall func(fd, how int) error

func flock(fd, how int) error { return unix.Flock(fd, how) }

// askFlags open without following a link, waiting at a pipe, or leaking to a child.
const askFlags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC

// askFile asks for the lock of a file of the directory, and returns its facts.
func askFile(dir int, name string) (probe, unix.Stat_t) {
	var st unix.Stat_t
	fd, err := unix.Openat(dir, name, askFlags, 0)
	if errors.Is(err, unix.ENOENT) {
		return probe{}, st
	}
	if err != nil {
		return probe{standing: unasked, why: openError(err)}, st
	}
	defer unix.Close(fd) //nolint:errcheck // read only
	if err := unix.Fstat(fd, &st); err != nil {
		return probe{standing: unasked, why: err.Error()}, st
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return probe{standing: unasked, why: "it is no regular file"}, st
	}
	return ask(fd, flock), st
}

func openError(err error) string {
	if errors.Is(err, unix.ELOOP) {
		return "it is a symbolic link"
	}
	return err.Error()
}

// ask asks for a lock and lets go of it at once. It is let go of by name and not by
// closing alone, for a child that is just being forked has a copy of the descriptor.
func ask(fd int, call flockCall) probe {
	err := call(fd, unix.LOCK_SH|unix.LOCK_NB)
	for errors.Is(err, unix.EINTR) {
		err = call(fd, unix.LOCK_SH|unix.LOCK_NB)
	}
	switch {
	case err == nil:
		_ = call(fd, unix.LOCK_UN)
		return probe{standing: free}
	case errors.Is(err, unix.EWOULDBLOCK):
		return probe{standing: busy}
	}
	if lacksLocks(err) {
		return probe{standing: unsupported, why: err.Error()}
	}
	return probe{standing: unasked, why: err.Error()}
}

// lacksLocks reports whether an error of flock(2) says that the file system has no such
// locks. Who takes the role and who asks for it must agree on it.
func lacksLocks(err error) bool {
	for _, lacks := range []error{
		unix.ENOTSUP, unix.EOPNOTSUPP, unix.ENOSYS, unix.EINVAL, unix.EBADF, unix.ENOLCK, unix.EISDIR, unix.ENOTTY,
	} {
		if errors.Is(err, lacks) {
			return true
		}
	}
	return false
}
