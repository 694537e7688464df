package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/ncruces/go-sqlite3"
)

// probeSize is more than what is left on a disk that counts as full.
const probeSize = 64 << 10

// blame finds out why the disk did not take a write. The library forgets the system's word
// before it returns, so the disk is asked again, with a file beside the database.
func (db *DB) blame(err error) error {
	if err == nil || !errors.Is(err, sqlite3.IOERR) || errors.Is(err, ErrFull) || errors.Is(err, ErrReadOnly) {
		return err
	}
	switch why := probe(db.path); {
	case errors.Is(why, syscall.EROFS):
		return fmt.Errorf("%w: %w: %w", ErrReadOnly, why, err)
	case errors.Is(why, syscall.ENOSPC), errors.Is(why, syscall.EDQUOT), errors.Is(why, syscall.EFBIG):
		return fmt.Errorf("%w: %w: %w", ErrFull, why, err)
	}
	return err
}

// probe writes as far into a file of its own as the database or its log reaches.
func probe(path string) (err error) {
	size := int64(0)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(path + suffix); err == nil {
			size = max(size, info.Size())
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".probe-")
	if err != nil {
		return err
	}
	defer func() {
		_ = f.Close() // nobody reads it
		err = errors.Join(err, os.Remove(f.Name()))
	}()
	_, err = f.WriteAt(make([]byte, probeSize), size)
	return err
}
