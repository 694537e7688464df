package inside

import (
	"io/fs"
	"os"
)

func openLast(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag, perm)
}

// Owner knows nothing: access lists take the place of owners here.
func Owner(fs.FileInfo) (uid int, known bool) { return 0, false }
