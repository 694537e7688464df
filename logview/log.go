package logview

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Options set up a Log. The zero value is right for a dashboard.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Still reads the log as it is, without following it.
	Still bool
	// NoIndex does not index what no view asks for. Snapshot.Total stays
	// unknown then.
	NoIndex bool
	// MaxIndex bounds the memory of the index, in bytes; 0 means 64 MiB, enough
	// for fifty million lines. Of a longer history the older part is read again
	// for each filter.
	MaxIndex int64
	// Poll looks for changes at this interval instead of waiting for file
	// events; 0 means file events where the system has them.
	Poll time.Duration
	// Inside names the directory that holds the log if what is in it may be a stranger's, as
	// in the state directory of a checkout: no link is followed then, and only regular files
	// of this user are read, up to MaxInside bytes. Otherwise the log is opened as cat would.
	Inside string
}

// MaxInside bounds a file of a log that may be a stranger's, in bytes. Logs are rotated long
// before; a sparse file of any size costs nothing to make.
const MaxInside = 4 << 30

// Log is the history in a file and its numbered backups. Its methods may be
// called from any goroutine.
type Log struct {
	path string
	o    Options

	recent *recent
	budget *budget

	mu        sync.Mutex
	work      sync.Cond     // there may be a job, or the log is closed
	segs      []*segment    // oldest first
	views     []*View       // newest first
	readers   int           // of rows, at this moment
	problem   string        // why there is nothing to see; "" if there is
	polling   bool          // no file events
	version   uint64        // counts everything that a snapshot could show
	changed   chan struct{} // closed at the next version; nil if nobody waits
	progress  bool          // units have been worked on since the last version
	announced time.Time     // when that was made
	closed    bool

	stop context.CancelFunc
	done sync.WaitGroup
}

// Close stops following and closes the files. Calls that are under way return
// what they have; further ones find an empty log.
func (l *Log) Close() error {
	l.stop()
	l.mu.Lock()
	l.closed = true
	l.bumpLocked()
	l.mu.Unlock()
	l.done.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.segs {
		_ = s.file.Close() // only read from
	}
	l.segs = nil
	return nil
}

// Path is the absolute path of the file that is written.
func (l *Log) Path() string { return l.path }

// history returns the segments, oldest first.
func (l *Log) history() []*segment {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.segs
}

// bump tells everybody who waits, workers too, that something has changed.
func (l *Log) bump() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bumpLocked()
}

func (l *Log) bumpLocked() {
	l.announceLocked()
	l.work.Broadcast()
}

// announceLocked makes a new version.
func (l *Log) announceLocked() {
	l.version++
	l.progress, l.announced = false, time.Now()
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// progressed notes that a unit has been worked on, by others than a worker.
func (l *Log) progressed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.progressedLocked()
	l.work.Broadcast() // a worker that finds nothing to do announces the rest
}

// progressedLocked announces progress, but not for every unit: a gigabyte has
// thousands of them.
func (l *Log) progressedLocked() {
	const pause = time.Millisecond
	l.progress = true
	if time.Since(l.announced) >= pause {
		l.announceLocked()
	}
}

// wait blocks until the version is higher than seen.
func (l *Log) wait(ctx context.Context, seen uint64) (uint64, error) {
	for {
		l.mu.Lock()
		version, closed := l.version, l.closed
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		switch {
		case version > seen:
			return version, nil
		case closed:
			return version, ErrClosed
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return version, ctx.Err()
		}
	}
}

// reading has spare workers wait until the function returned is called.
func (l *Log) reading() (done func()) {
	l.addReaders(1)
	return func() { l.addReaders(-1) }
}

func (l *Log) addReaders(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.readers += n; l.readers == 0 {
		l.work.Broadcast()
	}
}

// ErrClosed is returned by calls on a closed Log or View.
var ErrClosed = errors.New("logview: closed")
