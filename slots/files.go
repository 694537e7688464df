package slots

import (
	"path/filepath"
	"slices"

	"github.com/fsnotify/fsnotify"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
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

// oldEvents is how much of the slots' history is read at first; it is never rotated.
const oldEvents = 4 << 20

// readEvents takes what was added to the slots' history, and reports whether that
// shows.
func (b *board) readEvents(events *tail) (changed bool) {
	events.all(func(line []byte) {
		if e, err := DecodeSlotEvent(line); err == nil && e.Slot != "" && !e.At.IsZero() {
			changed = b.putEvent(e) || changed
		}
	})
	return changed
}

// readPlan takes the dispatch manifest if it is not the one that was read, and reports
// whether that shows.
func (b *board) readPlan(d bonesdir.Dir, read *stamp) (changed bool) {
	path := filepath.Join(d.Swarm(), dispatchFile)
	info, err := inside.Stat(d.State, path, inside.File)
	switch {
	case err != nil:
		*read = stamp{}
		return b.setOrders(nil)
	case *read == stampOf(info):
		return false
	}
	*read = stampOf(info)
	var orders map[string]order
	if data, err := readHead(path, maxDispatch); err == nil {
		if d, err := DecodeDispatch(data); err == nil {
			orders = d.orders()
		}
	}
	return b.setOrders(orders)
}
