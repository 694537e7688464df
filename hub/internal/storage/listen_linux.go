package storage

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// listen returns a channel that holds a token when a name on the way to one of the things
// has changed, and what ends it. Without events, as when the user's watches are used up,
// nothing ever comes.
func listen(things []Thing) (changes <-chan struct{}, stop func()) {
	out := make(chan struct{}, 1)
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return out, func() {}
	}
	names := map[string]bool{}
	for _, t := range things {
		for path := t.Path; !names[path] && path != filepath.Dir(path); path = filepath.Dir(path) {
			names[path] = true
			_ = w.Add(filepath.Dir(path)) // one that cannot be watched is polled
		}
	}
	var listening sync.WaitGroup
	listening.Go(func() { forward(w, names, out) })
	return out, func() {
		_ = w.Close()
		listening.Wait()
	}
}

// forward lets through what may concern one of the names, until the watcher is closed.
func forward(w *fsnotify.Watcher, names map[string]bool, out chan<- struct{}) {
	events, errs := w.Events, w.Errors
	for events != nil {
		select {
		case e, open := <-events:
			if !open {
				events = nil
				continue
			}
			if !names[e.Name] || !e.Has(fsnotify.Create|fsnotify.Remove|fsnotify.Rename) {
				continue
			}
		case _, open := <-errs: // events were lost
			if !open {
				errs = nil
				continue
			}
		}
		select {
		case out <- struct{}{}:
		default:
		}
	}
}

// pathOf is where an open directory is; what it says of one that is gone leads nowhere.
func pathOf(f *os.File) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return ""
	}
	return path
}
