package hublog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Rotation as the contract has it where nobody says otherwise.
const (
	DefaultMaxBytes int64 = 10 << 20
	DefaultKeep           = 5
)

// Writer appends entries to a log and rotates it by size. It is safe for
// concurrent use. Others may append to the same file, and may rotate it: the
// writer then moves to the new one. It stays in the directory that it found, wherever
// that is moved to and whatever takes its place.
type Writer struct {
	dir      *os.Root
	name     string // in dir
	floor    Level
	maxBytes int64
	keep     int
	now      func() time.Time

	mu      sync.Mutex
	file    *os.File
	info    os.FileInfo // of file, to recognise it by
	buf     []byte
	torn    bool   // the file ends in a part of a line of ours
	lost    uint64 // lines not written since the last that was
	cause   error  // why the latest of them was not
	dropped uint64
	closed  bool
	stays   bool // with the open file, whatever is at its name
}

// WriterOption configures Open.
type WriterOption func(*Writer)

// WithRotation sets the size in bytes above which the log is rotated before the
// next line, and how many rotated files are kept, at least one. Values that are
// not positive leave the defaults.
func WithRotation(maxBytes int64, keep int) WriterOption {
	return func(w *Writer) {
		if maxBytes > 0 {
			w.maxBytes = maxBytes
		}
		if keep > 0 {
			w.keep = keep
		}
	}
}

// WithClock sets the clock that stamps entries without a time.
func WithClock(now func() time.Time) WriterOption {
	return func(w *Writer) { w.now = now }
}

// RotationFromEnv returns the rotation that the environment asks for:
// BONES_LOG_MAX_SIZE in bytes and BONES_LOG_MAX_FILES. What is missing, no
// number or not positive gives the default.
func RotationFromEnv(getenv func(string) string) (maxBytes int64, keep int) {
	maxBytes, keep = DefaultMaxBytes, DefaultKeep
	if n, err := strconv.ParseInt(getenv("BONES_LOG_MAX_SIZE"), 10, 64); err == nil && n > 0 {
		maxBytes = n
	}
	if n, err := strconv.Atoi(getenv("BONES_LOG_MAX_FILES")); err == nil && n > 0 {
		keep = n
	}
	return maxBytes, keep
}

// Open returns a writer that appends to the log at path, making it if it is
// missing, and leaves out entries below floor. It refuses a path that is a
// symbolic link or no regular file.
func Open(path string, floor Level, opts ...WriterOption) (*Writer, error) {
	dir, err := os.OpenRoot(filepath.Dir(path)) //nolint:forbidigo // each file in it is looked at
	if err != nil {
		return nil, fmt.Errorf("hublog: open directory: %w", err)
	}
	w := &Writer{
		dir: dir, name: filepath.Base(path), floor: floor, maxBytes: DefaultMaxBytes, keep: DefaultKeep, now: time.Now,
	}
	for _, o := range opts {
		o(w)
	}
	if err := w.reopen(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return w, nil
}

// Log appends one entry as one line in one write. An entry below the floor is
// left out, unless it is an ERROR or has an Err. A zero Ts is set to now. If the
// line cannot be written, Log returns why, counts it, and the next line that can
// be is preceded by one that tells how many are missing.
func (w *Writer) Log(e Entry) error {
	if e.Level < w.floor && e.Level < LevelError && e.Err == "" {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Ts.IsZero() {
		e.Ts.Time = w.now()
	}
	err := w.logLocked(e)
	if err != nil {
		w.lost++
		w.dropped++
		w.cause = err
	}
	return err
}

// Lifecycle logs a lifecycle entry with the formatted message. What cannot be
// written is counted, see Dropped.
func (w *Writer) Lifecycle(l Level, format string, args ...any) {
	_ = w.Log(Entry{Level: l, Event: EventLifecycle, Msg: fmt.Sprintf(format, args...)})
}

// Dropped returns how many lines could not be written since Open.
func (w *Writer) Dropped() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dropped
}

// Stay keeps the writer with the file that it has open: none is made or rotated from now
// on. It is for a directory that somebody is removing.
func (w *Writer) Stay() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stays = w.file != nil
}

// Close closes the log. Lines after it are dropped. Calling it again does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return errors.Join(w.closeLocked(), w.dir.Close())
}

func (w *Writer) logLocked(e Entry) error {
	if w.closed {
		return fmt.Errorf("hublog: write line: %w", os.ErrClosed)
	}
	if err := w.readyLocked(); err != nil {
		return err
	}
	if w.lost > 0 {
		if err := w.writeLocked(w.notice(e.Ts)); err != nil {
			return err
		}
		w.lost, w.cause = 0, nil
	}
	return w.writeLocked(e)
}

// notice is the line that stands for lost ones.
func (w *Writer) notice(at LoggedTime) Entry {
	return Entry{
		Ts: at, Level: LevelWarn, Event: EventLifecycle,
		Msg: fmt.Sprintf("hub: %d log lines were dropped (%v)", w.lost, w.cause),
	}
}

// writeLocked writes the line. After a write that stopped half way, the next one
// ends the torn line first, so that it spoils no other.
func (w *Writer) writeLocked(e Entry) error {
	w.buf = w.buf[:0]
	if w.torn {
		w.buf = append(w.buf, '\n')
	}
	w.buf = e.Append(w.buf)
	n, err := w.file.Write(w.buf)
	if err != nil {
		w.torn = w.torn || n > 0
		return fmt.Errorf("hublog: write line: %w", err)
	}
	w.torn = false
	return nil
}

func (w *Writer) closeLocked() error {
	if w.file == nil {
		return nil
	}
	err := w.file.Close()
	w.file, w.info = nil, nil
	if err != nil {
		return fmt.Errorf("hublog: close: %w", err)
	}
	return nil
}

// reopen opens the file of that name, keeping the old one if that fails.
func (w *Writer) reopen() error {
	there, err := w.dir.Lstat(w.name)
	if err == nil && !there.Mode().IsRegular() { // a link would be followed
		return fmt.Errorf("hublog: open: %s/%s is no regular file", w.dir.Name(), w.name)
	}
	f, err := w.dir.OpenFile(w.name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|noFollow, 0o644)
	if err != nil {
		return fmt.Errorf("hublog: open: %w", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(w.dir.Name() + "/" + w.name + " is no regular file")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("hublog: open: %w", err), f.Close())
	}
	err = w.closeLocked()
	w.file, w.info, w.torn = f, info, false
	return err
}
