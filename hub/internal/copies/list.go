package copies

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// Kind is where a copy of a repository comes from.
type Kind string

// The kinds.
const (
	OfRun     Kind = "run"     // taken by a hub
	OfArchive Kind = "archive" // left by a reseed, or by recover
	OfClone   Kind = "clone"   // of a slot
	OfLost    Kind = "lost"    // of a state directory that was deleted, moved or replaced
)

// Copy is a file that holds a repository.
type Copy struct {
	Path  string
	Kind  Kind
	Taken time.Time // when it was last written to
	Bytes int64     // with its log
	below string    // the directory below which it lies, and no link is followed
}

// Repositories lists the copies of repositories, the newest first.
func Repositories(d bonesdir.Dir) (list []Copy, err error) {
	homes, err := runs(d)
	if err != nil {
		return nil, err
	}
	for _, home := range homes {
		list = append(list, found(d.State, home, OfRun)...)
	}
	list = append(list, others(d)...)
	trees, err := savedStates(d) // what is wrong with one of them is told of by Trees
	for _, t := range trees {
		list = append(list, found(d.State, t.Path, OfClone)...)
	}
	slices.SortStableFunc(list, func(a, b Copy) int { return b.Taken.Compare(a.Taken) })
	return list, err
}

// others lists the repositories that no run keeps up to date.
func others(d bonesdir.Dir) []Copy {
	list := slices.DeleteFunc(found(d.State, d.State, OfArchive), func(c Copy) bool { return c.Path == d.Fossil() })
	list = append(list, found(d.State, d.Recovery(), OfClone)...)
	if lost, err := d.LostHome(); err == nil {
		list = append(list, found(lost, lost, OfLost)...)
	}
	return list
}

// found lists the repositories in one directory.
func found(below, dir string, kind Kind) (list []Copy) {
	entries, err := inside.ReadDir(below, dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(e.Name(), ".fossil") {
			continue
		}
		c := Copy{Path: path, Kind: kind, Taken: modified(info), Bytes: info.Size(), below: below}
		if log, err := os.Lstat(path + "-wal"); err == nil && log.Size() > 0 {
			c.Bytes += log.Size()
			c.Taken = modified(log)
		}
		list = append(list, c)
	}
	return list
}

// tellable reports whether a time can be one at which something was saved, and be told.
func tellable(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9999 }

// modified is when a file was last written to, as far as that can be told.
func modified(info fs.FileInfo) time.Time {
	if t := info.ModTime(); tellable(t.UTC()) {
		return t
	}
	return time.Unix(0, 0)
}
