package natsd

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir/inside"
)

// storeDir is the directory of a store, held open.
type storeDir struct {
	name string // where it was found
	path string // how the server reaches it
	file *os.File
}

// openStore makes the directory if it is missing, and opens it.
func openStore(name string) (*storeDir, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("natsd: make store: %w", err)
	}
	f, err := inside.OpenDir(filepath.Dir(name), name)
	if err != nil {
		return nil, fmt.Errorf("natsd: open store: %w", err)
	}
	d := &storeDir{name: name, path: through(f), file: f}
	if d.path == "" {
		d.path = name
	}
	return d, nil
}

func (d *storeDir) close() { _ = d.file.Close() } // nothing was written through it

// words returns a text of the server with the name of the store that people know.
func (d *storeDir) words(text string) string {
	if d.path == d.name {
		return text
	}
	return strings.ReplaceAll(text, d.path, d.name)
}

const (
	roomFile  = ".room"
	roomBytes = 1 << 20
)

// takesWrites tries whether the disk has room again, by writing and syncing a file.
func (d *storeDir) takesWrites() bool {
	path := filepath.Join(d.path, roomFile)
	_ = os.Remove(path)                                                                // of a process that was killed; if that fails, so does the next step
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o600)) //nolint:forbidigo // O_EXCL follows no link
	if err != nil {
		return false
	}
	_, err = f.Write(make([]byte, roomBytes))
	if err == nil {
		err = f.Sync()
	}
	_, _ = f.Close(), os.Remove(path)
	return err == nil
}
