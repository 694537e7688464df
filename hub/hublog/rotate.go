package hublog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// readyLocked makes w.file the file at the path, with room for a line: one look
// at the path tells both whether somebody rotated the log and how long it is.
func (w *Writer) readyLocked() error {
	info, err := os.Lstat(w.path)
	switch {
	case err == nil && w.info != nil && os.SameFile(info, w.info):
		if info.Size() <= w.maxBytes {
			return nil
		}
		if err := w.rotateLocked(); err != nil {
			return nil //nolint:nilerr // a log that is too long beats a line that is lost
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		if w.file != nil {
			return nil // the directory is out of reach, the open file is not
		}
	}
	if err := w.reopen(); err != nil && w.file == nil {
		return err
	}
	return nil
}

// rotateLocked renames the log to .1 after moving .1 to .2 and so on; the oldest
// goes. Only one process may do it at a time, or they would overwrite each
// other's files: the loser leaves the log as it is for now.
func (w *Writer) rotateLocked() error {
	if !tryLock(w.file) {
		return nil
	}
	// The lock is on the open file, wherever it is by now, and ends with it.
	if info, err := os.Lstat(w.path); err != nil || !os.SameFile(info, w.info) {
		return unlock(w.file)
	}
	for i := w.keep - 1; i >= 1; i-- {
		if err := rename(w.backup(i), w.backup(i+1)); err != nil {
			return errors.Join(err, unlock(w.file))
		}
	}
	if err := rename(w.path, w.backup(1)); err != nil {
		return errors.Join(err, unlock(w.file))
	}
	return nil
}

func (w *Writer) backup(i int) string { return fmt.Sprintf("%s.%d", w.path, i) }

// rename is os.Rename that has nothing against a missing file.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("hublog: rotate: %w", err)
	}
	return nil
}
