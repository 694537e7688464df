//go:build unix

package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir"
)

// pruneSlots removes each slot directory whose leaf.pid names a dead process, with all
// that is in it. That is the pid of a command that has joined and ended, so it is dead
// for every slot. A directory without a pid stays.
func pruneSlots(d bonesdir.Dir) error {
	dirs, err := os.ReadDir(d.Swarm())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reference: prune slots: %w", err)
	}
	var failed []error
	for _, e := range dirs {
		pid := readPID(filepath.Join(d.Slot(e.Name()), "leaf.pid"))
		if e.IsDir() && pid != 0 && !alive(pid) {
			failed = append(failed, os.RemoveAll(d.Slot(e.Name())))
		}
	}
	return errors.Join(failed...)
}

// wipe removes the repository and the marks of a checkout at the root.
func wipe(d bonesdir.Dir) error {
	return errors.Join(wipeRepository(d), remove(filepath.Join(d.Root, ".fslckout")),
		os.RemoveAll(filepath.Join(d.Root, ".fossil-settings")))
}

func wipeRepository(d bonesdir.Dir) error {
	return errors.Join(remove(d.Fossil()), remove(d.Fossil()+"-wal"), remove(d.Fossil()+"-shm"))
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reference: %w", err)
	}
	return nil
}
