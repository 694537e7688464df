// Package storage notices that what is at a path is no longer what a hub holds.
package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Thing is something that a hub holds open: as long as it is, nothing else can have its
// device and inode number, which are given out again at once.
type Thing struct {
	Name string      // in words, such as "the state directory"
	Path string      // where it should be, absolute
	Info fs.FileInfo // of what is held
	File *os.File    // of a directory, to tell where it went; nil for files, which others hold
}

// pollEvery is how often the paths are looked at: the events of the file system, where
// there are any, come sooner, but not for each way in which a thing can go.
const pollEvery = 500 * time.Millisecond

// Watch calls lost once, with a sentence for the operator, when one of the things is no
// longer at its path, and returns. It returns also when ctx ends. Where several are lost,
// the first of the list is told. A path that cannot be looked at is not lost.
func Watch(ctx context.Context, things []Thing, lost func(why string)) {
	changes, stop := listen(things)
	defer stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		for _, t := range things {
			if why := t.lost(); why != "" {
				lost(why)
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-changes:
		}
	}
}

// lost says what happened to the thing, "" if it is in its place or nobody can tell.
func (t Thing) lost() string {
	there, err := os.Lstat(t.Path)
	switch {
	case err == nil && os.SameFile(there, t.Info):
		return ""
	case err == nil:
		return t.replaced()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return t.gone()
	default:
		return ""
	}
}

func (t Thing) replaced() string {
	if now := t.now(); now != "" {
		return fmt.Sprintf("%s %s is another one now, the hub's own is %s: stop this hub and start it there", t.Name, t.Path, now)
	}
	return fmt.Sprintf("%s %s was replaced under the hub: stop this hub and start it again", t.Name, t.Path)
}

func (t Thing) gone() string {
	if now := t.now(); now != "" {
		return fmt.Sprintf("%s %s was moved to %s under the hub: stop this hub and start it there", t.Name, t.Path, now)
	}
	return fmt.Sprintf("%s %s was removed under the hub: stop this hub and start it again", t.Name, t.Path)
}

// now is where a held directory is, "" if it is nowhere, or unknown.
func (t Thing) now() string {
	if t.File == nil {
		return ""
	}
	path := pathOf(t.File)
	if there, err := os.Lstat(path); err != nil || !os.SameFile(there, t.Info) {
		return ""
	}
	return path
}
