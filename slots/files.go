package slots

import (
	"slices"

	"github.com/fsnotify/fsnotify"
)

// watchFiles asks to be told of new and removed slot directories, and returns the
// channel that says so. It is nil if the system grants no watch. What changes inside
// of a slot's directory is left to the rescans: a watch on each would cost a file
// descriptor for every file on some systems.
func (f *follower) watchFiles() <-chan fsnotify.Event {
	fs, err := fsnotify.NewBufferedWatcher(64)
	if err != nil {
		return nil
	}
	f.fs = fs
	return fs.Events
}

// arm watches the directory of all slots if it exists and is not watched; it may be
// made or replaced at any time.
func (f *follower) arm() {
	if f.fs == nil || slices.Contains(f.fs.WatchList(), f.dir.Swarm()) {
		return
	}
	_ = f.fs.Add(f.dir.Swarm()) // not there yet: the next rescan tries again
}
