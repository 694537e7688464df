package slots

import (
	"slices"

	"github.com/fsnotify/fsnotify"
)

// watchFiles asks to be told of new and removed slot directories. The channels, nil
// if the system grants no watch, say so, or that something was missed. What changes
// inside of a slot's directory is left to the rescans: a watch on each would cost a
// file descriptor for every file on some systems.
func (f *follower) watchFiles() (<-chan fsnotify.Event, <-chan error, func()) {
	fs, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, nil, func() {}
	}
	f.fs = fs
	return fs.Events, fs.Errors, func() { _ = fs.Close() } // the process keeps nothing of it
}

// arm watches the directory of all slots if it exists and is not watched; it may be
// made or replaced at any time.
func (f *follower) arm() {
	if f.fs == nil || slices.Contains(f.fs.WatchList(), f.dir.Swarm()) {
		return
	}
	_ = f.fs.Add(f.dir.Swarm()) // not there yet: the next rescan tries again
}
