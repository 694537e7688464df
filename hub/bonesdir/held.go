package bonesdir

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"bones-tui/hub/bonesdir/durable"
)

// Held is a state directory held open. What goes through it stays in that directory,
// wherever it was moved to and whatever is at its path by now, and it removes only what
// it has written itself. It is not safe for concurrent use, but for
// WriteCoordMarks and WriteIncidents.
type Held struct {
	root *os.Root
	pid  fs.FileInfo // of the hub.pid that was written; nil if none was
}

// Hold opens the state directory. Errors are those of Verify.
func (d Dir) Hold() (*Held, error) {
	found, err := d.verified()
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(d.State) //nolint:forbidigo // compared with what was looked at
	if err != nil {
		return nil, fmt.Errorf("bonesdir: hold state directory: %w", err)
	}
	if opened, err := root.Stat("."); err != nil || !os.SameFile(found, opened) {
		return nil, errors.Join(fmt.Errorf("%w: %s changes while it is opened", ErrUntrusted, d.State), err, root.Close())
	}
	return &Held{root: root}, nil
}

// Close lets go of the directory.
func (h *Held) Close() error { return h.root.Close() }

// Open opens the directory itself, for others to look at.
func (h *Held) Open() (*os.File, error) { return h.open(".") }

// OpenCoord opens the directory of JetStream's store, or what is named below it.
func (h *Held) OpenCoord(below ...string) (*os.File, error) {
	name := coordDir
	for _, b := range below {
		name += "/" + b
	}
	return h.open(name)
}

// FS returns the directory for walking through: it leads nowhere else.
func (h *Held) FS() fs.FS { return h.root.FS() }

func (h *Held) open(name string) (*os.File, error) {
	f, err := h.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("bonesdir: open held directory: %w", err)
	}
	return f, nil
}

// StatLock returns the facts of the lock file, StatFossil those of the repository.
func (h *Held) StatLock() (fs.FileInfo, error) { return h.stat(lockFile) }

// StatFossil returns the facts of the repository, without opening it: closing a
// descriptor of it would drop the locks that this process has on it.
func (h *Held) StatFossil() (fs.FileInfo, error) { return h.stat(fossilFile) }

func (h *Held) stat(name string) (fs.FileInfo, error) {
	info, err := h.root.Lstat(name)
	if err != nil {
		return nil, fmt.Errorf("bonesdir: look at held file: %w", err)
	}
	return info, nil
}

// WritePID records pid as the running hub, atomically, unless it is recorded already.
func (h *Held) WritePID(pid int) error {
	if text := pidText(pid); !h.holds(pidFile, text) {
		if err := durable.WriteIn(h.root, pidFile, text, publicMode); err != nil {
			return err
		}
	}
	info, err := h.stat(pidFile)
	h.pid = info
	return err
}

// holds reports whether a file is there and has just this text.
func (h *Held) holds(name string, text []byte) bool {
	info, err := h.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(text)) {
		return false
	}
	got, err := h.root.ReadFile(name)
	return err == nil && bytes.Equal(got, text)
}

// RemovePID removes the hub.pid that WritePID wrote. One that somebody else has written
// since stays, and none is no error.
func (h *Held) RemovePID() error {
	if h.pid == nil {
		return nil
	}
	now, err := h.root.Lstat(pidFile)
	// The time tells apart what the inode number does not: it is given out again at once.
	if err == nil && os.SameFile(now, h.pid) && now.ModTime().Equal(h.pid.ModTime()) {
		err = h.root.Remove(pidFile)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("bonesdir: remove record: %w", err)
	}
	h.pid = nil
	return nil
}

// WriteURLs records where both servers listen, on 127.0.0.1, each file
// atomically.
func (h *Held) WriteURLs(fossilPort, natsPort int) error {
	err := durable.WriteIn(h.root, fossilURLFile, urlText("http", fossilPort), publicMode)
	if err != nil {
		return err
	}
	return durable.WriteIn(h.root, natsURLFile, urlText("nats", natsPort), publicMode)
}

// WriteIncidents records what went wrong, atomically.
func (h *Held) WriteIncidents(data []byte) error {
	return durable.WriteIn(h.root, incidentsFile, data, privateMode)
}

// WriteCoordMarks records how store and repository are, atomically.
func (h *Held) WriteCoordMarks(data []byte) error {
	return durable.WriteIn(h.root, coordMarksFile, data, privateMode)
}
