// Package inside opens files of a directory whose content may have come from a stranger:
// a state directory can be part of a checkout. No link is followed in any component below
// the directory, and nothing but regular files and directories of this user is opened, so
// that no open waits for a writer, wakes a device or leaves the directory.
package inside

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrRefused is matched by the error for what is there and is not opened.
var ErrRefused = errors.New("inside: refused")

// Refusal says why something is not opened. It matches ErrRefused.
type Refusal struct {
	Path    string // of the component that is not as it must be, absolute
	Problem string // "is a symbolic link", "is a pipe", "belongs to user 1001", …
}

// Error is one line.
func (r *Refusal) Error() string { return r.Path + " " + r.Problem }

// Is reports whether target is ErrRefused.
func (r *Refusal) Is(target error) bool { return target == ErrRefused }

// Kind is what a path must be.
type Kind int

// The kinds.
const (
	File Kind = iota // a regular file
	Directory
	Either
)

// Stat looks at path, which is dir or lies below it, without following a link. Errors are
// a *Refusal for a link, for another kind than the wanted one and for what is not this
// user's, and fs.ErrNotExist. The directory dir itself is the caller's to have looked at,
// but for a link in its place.
func Stat(dir, path string, want Kind) (fs.FileInfo, error) {
	names, err := below(dir, path)
	if err != nil {
		return nil, err
	}
	at := dir
	info, err := look(at, kindAt(len(names), want))
	for i, name := range names {
		if err != nil {
			break
		}
		at = filepath.Join(at, name)
		info, err = look(at, kindAt(len(names)-1-i, want))
	}
	return info, err
}

// kindAt is what a component must be that has so many below it.
func kindAt(below int, want Kind) Kind {
	if below > 0 {
		return Directory
	}
	return want
}

// below returns the components of path below dir.
func below(dir, path string) ([]string, error) {
	rel, err := filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, fmt.Errorf("inside: %s is not inside %s", path, dir)
	}
	if rel == "." {
		return nil, nil
	}
	return strings.Split(rel, string(filepath.Separator)), nil
}

func look(path string, want Kind) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if problem := Judge(info, want); problem != "" {
		return nil, &Refusal{path, problem}
	}
	return info, nil
}

// Judge says what keeps a file from being opened, "" if nothing does.
func Judge(info fs.FileInfo, want Kind) string {
	if problem := misfit(info.Mode(), want); problem != "" {
		return problem
	}
	if uid, known := Owner(info); known && uid != os.Geteuid() {
		return fmt.Sprintf("belongs to user %d", uid)
	}
	return ""
}

func misfit(m fs.FileMode, want Kind) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "is a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "is a pipe"
	case m&fs.ModeSocket != 0:
		return "is a socket"
	case m&fs.ModeDevice != 0:
		return "is a device"
	case m.IsDir() && want == File:
		return "is a directory, not a file"
	case m.IsRegular() && want == Directory:
		return "is a file, not a directory"
	case !m.IsDir() && !m.IsRegular():
		return "is a special file"
	}
	return ""
}

// Open opens a regular file for reading. Errors are those of Stat.
func Open(dir, path string) (*os.File, error) { return open(dir, path, File, os.O_RDONLY, 0) }

// OpenDir opens a directory. Errors are those of Stat.
func OpenDir(dir, path string) (*os.File, error) {
	return open(dir, path, Directory, os.O_RDONLY, 0)
}

// OpenAppend opens a regular file for appending, and makes it if it is missing. Errors are
// those of Stat.
func OpenAppend(dir, path string, perm fs.FileMode) (*os.File, error) {
	return open(dir, path, File, os.O_CREATE|os.O_APPEND|os.O_WRONLY, perm)
}

// OpenFile is os.OpenFile for a regular file, or one that flag makes. Errors are those of
// Stat and of os.OpenFile.
func OpenFile(dir, path string, flag int, perm fs.FileMode) (*os.File, error) {
	return open(dir, path, File, flag, perm)
}

func open(dir, path string, want Kind, flag int, perm fs.FileMode) (*os.File, error) {
	if _, err := Stat(dir, path, want); err != nil && (flag&os.O_CREATE == 0 || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	f, err := openBelow(dir, path, flag, perm)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat() // another one than the one that was looked at
	if err == nil {
		if problem := Judge(info, want); problem != "" {
			err = &Refusal{path, problem}
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// ReadFile returns the content of a regular file. Errors are those of Stat, and a *Refusal
// for more than limit bytes.
func ReadFile(dir, path string, limit int64) ([]byte, error) {
	f, err := Open(dir, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, &Refusal{path, fmt.Sprintf("is larger than %d bytes", limit)}
	}
	return b, nil
}

// ReadDir lists a directory, sorted by name. Errors are those of Stat.
func ReadDir(dir, path string) ([]fs.DirEntry, error) {
	f, err := OpenDir(dir, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}
