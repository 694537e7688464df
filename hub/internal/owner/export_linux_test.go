package owner

import (
	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
)

// WhoseWithoutDirectoryLocks is Whose on a file system that cannot lock directories.
func WhoseWithoutDirectoryLocks(d bonesdir.Dir) Verdict {
	return judge(lookWith(d, func(int, int) error { return unix.ENOTSUP }, asNeeded))
}
