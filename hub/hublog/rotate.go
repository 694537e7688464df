package hublog

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
)

// readyLocked makes w.file the file of that name, with room for a line: one look
// at the name tells both whether somebody rotated the log and how long it is. It
// fails only if there is no file to write to at all.
func (w *Writer) readyLocked() error {
	if w.stays {
		return nil
	}
	info, err := w.dir.Lstat(w.name)
	switch {
	case err == nil && w.info != nil && os.SameFile(info, w.info):
		if info.Size() <= w.maxBytes {
			return nil
		}
		w.rotateLocked()
	case err != nil && !errors.Is(err, fs.ErrNotExist) && w.file != nil:
		return nil // the directory is out of reach, the open file is not
	}
	if err := w.reopen(); w.file == nil {
		return err
	}
	return nil
}

// rotateLocked renames the log to .1 after moving .1 to .2 and so on; the oldest
// goes. If that fails the log stays as it is: one that is too long beats a line
// that is lost. Two processes at it would overwrite each other's files, so one
// that finds the other at work lets it.
func (w *Writer) rotateLocked() {
	if !claim(w.file) { // the claim ends when the file is closed, after the renames
		return
	}
	if info, err := w.dir.Lstat(w.name); err != nil || !os.SameFile(info, w.info) {
		return
	}
	for i := w.keep; i >= 1; i-- {
		err := w.dir.Rename(w.backup(i-1), w.backup(i))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// backup is the name of the log after i rotations.
func (w *Writer) backup(i int) string {
	if i == 0 {
		return w.name
	}
	return w.name + "." + strconv.Itoa(i)
}
