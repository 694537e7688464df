package gittree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"bones-tui/hub/fossil"
)

// File is a tracked file as git shows it: from the work tree, or from the object store.
type File struct {
	Name   string
	Perm   fossil.Perm
	target string // of a link in the work tree
	object string // hash of what is taken from the object store, "" for the work tree
}

// walk looks at tracked files in the order of their names. It holds the directory open in
// which the last one was, and its parents; a link is never one of them.
type walk struct {
	dirs []walkDir // dirs[0] is the root
}

// walkDir is a directory on the way.
type walkDir struct {
	path string
	root *os.Root // nil if there is no such directory
}

func newWalk(root string) (*walk, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("gittree: open work tree: %w", err)
	}
	return &walk{dirs: []walkDir{{root: r}}}, nil
}

func (w *walk) close() {
	for _, d := range w.dirs {
		d.close()
	}
}

func (d walkDir) close() {
	if d.root != nil {
		_ = d.root.Close() // it was only looked into
	}
}

// look finds out what a tracked name is in the work tree. A reason leaves it out.
func (w *walk) look(e indexEntry) (f File, why Reason, err error) {
	f.Name = e.name
	switch {
	case e.mode == modeSubmodule:
		return f, Submodule, nil
	case fossil.CheckName(e.name) != nil:
		return f, OddName, nil
	case e.absent:
		f, why = stored(e.name, e.mode, e.hash)
		return f, why, nil
	}
	dir, err := w.enter(path.Dir(e.name))
	if err != nil || dir.root == nil {
		return f, Gone, err
	}
	base := path.Base(e.name)
	info, err := dir.root.Lstat(base)
	if err != nil {
		why, err = reasonOf(err)
		return f, why, err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		f.Perm = fossil.Symlink
		if f.target, err = dir.root.Readlink(base); err != nil {
			why, err = reasonOf(err)
		}
	case !info.Mode().IsRegular():
		why = Special
	case e.mode == modeExec || info.Mode()&0o100 != 0: // a file system may not keep it, then the index does
		f.Perm = fossil.Exec
	}
	return f, why, err
}

// stored is a file as the object store has it.
func stored(name, mode, hash string) (f File, why Reason) {
	f = File{Name: name, object: hash}
	switch {
	case mode == modeSubmodule:
		return f, Submodule
	case fossil.CheckName(name) != nil:
		return f, OddName
	case mode == modeLink:
		f.Perm = fossil.Symlink
	case mode == modeExec:
		f.Perm = fossil.Exec
	}
	return f, ""
}

// enter returns the directory of this name, "." for the top. One that is not there, or is
// a link, has no root.
func (w *walk) enter(name string) (walkDir, error) {
	if name == "." {
		name = ""
	}
	for len(w.dirs) > 1 {
		last := w.dirs[len(w.dirs)-1]
		if name == last.path || strings.HasPrefix(name, last.path+"/") {
			break
		}
		last.close()
		w.dirs = w.dirs[:len(w.dirs)-1]
	}
	for {
		parent := w.dirs[len(w.dirs)-1]
		if parent.path == name || parent.root == nil {
			return parent, nil
		}
		base, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, parent.path), "/"), "/")
		d, err := parent.open(base)
		if err != nil {
			return d, err
		}
		w.dirs = append(w.dirs, d)
	}
}

// open opens a directory below this one.
func (d walkDir) open(base string) (walkDir, error) {
	below := walkDir{path: path.Join(d.path, base)}
	info, err := d.root.Lstat(base)
	if err == nil && info.IsDir() {
		below.root, err = d.root.OpenRoot(base)
	}
	if err != nil {
		_, err = reasonOf(err)
	}
	return below, err
}

// reasonOf tells why a file cannot be had. What may be otherwise at the next try, such as
// too many open files, stays an error: without all the others there is no tree.
func reasonOf(err error) (Reason, error) {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return Gone, nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.ELOOP):
		return Unreadable, nil
	default:
		return "", fmt.Errorf("gittree: look at tracked file: %w", err)
	}
}

// untangle leaves out what lies below another file. Git cannot show both, but its index can
// hold them, while a conflict is settled.
func (t *Tree) untangle() {
	sortFiles(t.Files)
	names := make(map[string]struct{}, len(t.Files))
	for _, f := range t.Files {
		names[f.Name] = struct{}{}
	}
	kept := t.Files[:0]
	dir, tangled := "", false
	for _, f := range t.Files {
		if d := path.Dir(f.Name); d != dir {
			dir, tangled = d, below(names, d)
		}
		if tangled {
			t.leave(Tangled, f.Name)
			continue
		}
		kept = append(kept, f)
	}
	t.Files = kept
}

// below reports whether a directory, or one above it, is among the names.
func below(names map[string]struct{}, dir string) bool {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := names[dir]; ok {
			return true
		}
	}
	return false
}
