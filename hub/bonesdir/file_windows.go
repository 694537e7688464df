package bonesdir

import (
	"fmt"
	"io/fs"
	"os"
)

const noFollow = 0

func openNoFollow(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no regular file", ErrBadRecord, path)
	}
	return os.Open(path)
}

// OpenAppend opens a file of the state directory for appending and makes it if it is
// missing. Anything that is no regular file is ErrBadRecord.
func OpenAppend(path string, perm fs.FileMode) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no regular file", ErrBadRecord, path)
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, perm)
}

// owner knows nothing: access lists take the place of owners there.
func owner(fs.FileInfo) (uid int, ok bool) { return 0, false }
