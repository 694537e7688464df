package gittree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// StateError says that git tracks what only a hub may write: it came with a check-out, from
// others, or was committed by mistake.
type StateError struct {
	Dir   string // as git names it, relative to the root
	First string
	Count int
}

// Error names the first one.
func (e *StateError) Error() string {
	text := fmt.Sprintf("git tracks %s, in the hub's state directory", Quote(e.First))
	if e.Count > 1 {
		text += fmt.Sprintf(", and %d more there", e.Count-1)
	}
	return text
}

// ownFiles knows the state directories of the workspace, and what git tracks in them.
type ownFiles struct {
	dirs  []ownDir
	found *StateError
}

// ownDir is a state directory inside the work tree.
type ownDir struct {
	name string
	way  []step // to it; the last is the directory itself
	last aside
}

// step is a path on the way to a state directory, relative to the root, with slashes.
type step struct {
	path string
	info fs.FileInfo // nil if it is not there
}

// aside is what was found out about the last path that is spelled otherwise. Entries of one
// directory follow each other.
type aside struct {
	path string
	same bool
}

// stateOf finds those of the directories that lie below root.
func stateOf(root string, dirs []string) (*ownFiles, error) {
	var o ownFiles
	for _, dir := range dirs {
		rel, err := filepath.Rel(root, dir)
		if err != nil || !filepath.IsLocal(rel) || rel == "." {
			continue
		}
		d := ownDir{name: filepath.ToSlash(rel)}
		for i := range d.name + "/" {
			if i < len(d.name) && d.name[i] != '/' {
				continue
			}
			info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(d.name[:i])))
			if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
				return nil, fmt.Errorf("gittree: look at state directory: %w", err)
			}
			d.way = append(d.way, step{d.name[:i], info})
		}
		o.dirs = append(o.dirs, d)
	}
	return &o, nil
}

// isHarmless reports whether a file of a state directory may come from git: it says who
// and what, or is only added to.
func isHarmless(name, mode string) bool {
	if mode != modeFile && mode != modeGroup && mode != modeExec {
		return false
	}
	switch name {
	case "agent.id", "workspace_name", "scaffold_version", ".gitignore", "hub.stderr.log", "swarm-events.jsonl":
		return true
	}
	for _, pattern := range []string{"hub.log*", "swarm/*/log"} {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

// guard reports whether an entry is a state directory, lies in one, or is on the way to it,
// and notes one that is not harmless there.
func (o *ownFiles) guard(top *os.Root, e indexEntry) bool {
	for i := range o.dirs {
		d := &o.dirs[i]
		inside, ok := d.place(top, e.name)
		if !ok {
			continue
		}
		if isHarmless(inside, e.mode) {
			return true
		}
		if o.found == nil {
			o.found = &StateError{Dir: d.name, First: e.name}
		}
		o.found.Count++
		return true
	}
	return false
}

// place returns where in the directory a tracked name lies, "" if it is the directory
// itself or one above it, and whether it is any of this.
func (d *ownDir) place(top *os.Root, name string) (inside string, ok bool) {
	n, end := 0, 0
	for n < len(d.way) && end < len(name) {
		if n > 0 {
			end++
		}
		n++
		if i := strings.IndexByte(name[end:], '/'); i >= 0 {
			end += i
		} else {
			end = len(name)
		}
	}
	if !d.is(top, name[:end], d.way[n-1], end < len(name)) {
		return "", false
	}
	return strings.TrimPrefix(name[end:], "/"), true
}

// is reports whether a path leads to this step of the way. Some file systems take several
// spellings for the same name; there, a directory tells by being the same one.
func (d *ownDir) is(top *os.Root, path string, s step, isDir bool) bool {
	if path == s.path {
		return true
	}
	if s.info == nil || !isDir && !strings.EqualFold(path, s.path) {
		return false
	}
	if d.last.path != path {
		info, err := top.Lstat(filepath.FromSlash(path))
		d.last = aside{path, err == nil && os.SameFile(info, s.info)}
	}
	return d.last.same
}
