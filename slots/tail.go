package slots

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir/inside"
)

// tail reads what is appended to a file of lines, as others write it. The file may
// be replaced or cut at any time; it is then read from its start.
type tail struct {
	path string
	back int64 // how much of an old file is read at first
	file fs.FileInfo
	at   int64 // everything before was read
}

// tailStep bounds what is read at once, and so the longest line that is seen.
const tailStep = 1 << 20

// next passes the lines that are new to fn, without their ends; they are valid during
// the call only. A line that is still being written waits. It reports whether there
// may be more to read at once.
func (t *tail) next(fn func(line []byte)) (more bool, err error) {
	info, err := inside.Stat(filepath.Dir(t.path), t.path, inside.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.file, t.at = nil, 0
		return false, nil
	case err != nil:
		return false, err
	}
	begin := false
	switch {
	case t.file == nil:
		t.at = max(info.Size()-t.back, 0)
		begin = t.at > 0
	case !os.SameFile(t.file, info):
		t.rest(fn)
		t.at = 0
	case info.Size() < t.at:
		t.at = 0
	case info.Size() == t.at:
		t.file = info
		return false, nil
	}
	t.file = info
	return t.readFrom(t.path, info.Size(), begin, fn)
}

// rest reads what was added to the file before it was rotated away.
func (t *tail) rest(fn func(line []byte)) {
	old := t.path + ".1"
	info, err := inside.Stat(filepath.Dir(old), old, inside.File)
	for more := err == nil && os.SameFile(t.file, info) && info.Size() > t.at; more && err == nil; {
		more, err = t.readFrom(old, info.Size(), false, fn)
	}
}

// all passes on everything that is new. What cannot be read now may be later.
func (t *tail) all(fn func(line []byte)) {
	for more, err := true, error(nil); more && err == nil; {
		more, err = t.next(fn)
	}
}

// readFrom passes on the whole lines between the last read and size. Of an old file
// the first one is a part, and skipped.
func (t *tail) readFrom(path string, size int64, begin bool, fn func(line []byte)) (more bool, err error) {
	f, err := inside.Open(filepath.Dir(path), path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	chunk := make([]byte, min(size-t.at, tailStep))
	n, err := f.ReadAt(chunk, t.at)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	chunk = chunk[:n]
	end := bytes.LastIndexByte(chunk, '\n') + 1
	if end == 0 && n == tailStep {
		end = n // a line beyond all measure: what follows of it is no line either
	}
	t.at += int64(end)
	for line := range bytes.Lines(chunk[:end]) {
		if !begin {
			fn(bytes.TrimRight(line, "\r\n"))
		}
		begin = false
	}
	return t.at < size && end > 0, nil
}
