package bonesdir

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Exposure is an entry of the state directory that somebody else may have written.
type Exposure struct {
	Path    string
	Problem string // "is a symbolic link", "belongs to user 1001", "can be written by others"
	Mend    string // the command that takes it back; "" if nothing simple does
}

// Exposed lists the state directory, and those of its entries, that are not safely
// ours: links, other users' files, what others can write to. It reads only.
func (d Dir) Exposed() ([]Exposure, error) {
	info, err := os.Lstat(d.State)
	if err != nil {
		return nil, fmt.Errorf("bonesdir: look at state directory: %w", err)
	}
	var found []Exposure
	if e, bad := expose(d.State, info); bad {
		found = append(found, e)
	}
	entries, err := os.ReadDir(d.State)
	if err != nil {
		return found, fmt.Errorf("bonesdir: look at state directory: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // gone meanwhile
		}
		if e, bad := expose(filepath.Join(d.State, entry.Name()), info); bad {
			found = append(found, e)
		}
	}
	return found, nil
}

func expose(path string, info fs.FileInfo) (Exposure, bool) {
	if info.Mode()&fs.ModeSymlink != 0 {
		return Exposure{path, "is a symbolic link", "rm " + path}, true
	}
	uid, ok := owner(info)
	if !ok { // access lists take the place of owners and modes
		return Exposure{}, false
	}
	if uid != os.Geteuid() {
		return Exposure{path, fmt.Sprintf("belongs to user %d", uid), ""}, true
	}
	if info.Mode().Perm()&othersWrite != 0 {
		return Exposure{path, "can be written by others", "chmod go-w " + path}, true
	}
	return Exposure{}, false
}

// Private reports whether only we can look into the state directory.
func (d Dir) Private() bool {
	info, err := os.Lstat(d.State)
	if err != nil {
		return false
	}
	_, modes := owner(info)
	return !modes || info.Mode().Perm()&0o077 == 0
}

// Marked reports whether the bones CLI has made the root a workspace.
func (d Dir) Marked() bool { return isMarked(d.State) }
