package seed

import (
	"os"
	"time"

	"bones-tui/hub/bonesdir"
)

// Stamp tells whether a file has changed.
type Stamp struct {
	modified time.Time
	size     int64
}

// StampOf returns that of a file, the zero Stamp if there is none.
func StampOf(path string) Stamp {
	info, err := os.Lstat(path)
	if err != nil {
		return Stamp{}
	}
	return Stamp{info.ModTime(), info.Size()}
}

// Stamps are of all files that the history depends on.
func Stamps(d bonesdir.Dir) [3]Stamp {
	return [3]Stamp{StampOf(d.Fossil()), StampOf(d.Fossil() + "-wal"), StampOf(d.LastApplied())}
}
