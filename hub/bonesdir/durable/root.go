package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
)

// WriteIn is WriteFile for a file of a directory that is held open: it goes to that
// directory, wherever it is by now.
func WriteIn(dir *os.Root, name string, data []byte, perm fs.FileMode) error {
	fresh := "." + name + "." + strconv.FormatUint(rand.Uint64(), 36)
	err := writeNew(dir, fresh, data, perm)
	if err == nil {
		err = dir.Rename(fresh, name)
	}
	if err == nil {
		err = syncRoot(dir)
	} else if rerr := dir.Remove(fresh); !errors.Is(rerr, fs.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	if err != nil {
		return fmt.Errorf("durable: write %s: %w", name, err)
	}
	return nil
}

func writeNew(dir *os.Root, name string, data []byte, perm fs.FileMode) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Chmod(perm), f.Sync(), f.Close())
}
