package copies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// maxTold bounds the errors of single files that are told.
const maxTold = 20

// CopyTree writes the files of a saved state below dir, which must be empty or missing, and
// returns how many. Files that the slot had deleted are not there. One that cannot be written
// keeps no other from being written; the error joins what has failed.
func CopyTree(ctx context.Context, t Tree, dir string) (n int, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, err
	}
	if left, err := inside.ReadDir(dir, dir); err != nil || len(left) > 0 {
		return 0, errors.Join(err, &fs.PathError{Op: "write to", Path: dir, Err: errors.New("the directory is not empty")})
	}
	var failed []error
	count := 0
	for _, f := range t.Files {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		if f.Kind == string(fossil.EditMissing) {
			continue
		}
		if err := copyFile(t.Root, dir, f.Name); err == nil {
			n++
		} else if count++; count <= maxTold {
			failed = append(failed, err)
		}
	}
	if count > maxTold {
		failed = append(failed, fmt.Errorf("and %d files more", count-maxTold))
	}
	return n, errors.Join(failed...)
}

// sourceError is for what could not be read, rather than written.
type sourceError struct{ error }

func (e *sourceError) Unwrap() error { return e.error }

// copyFile copies one file below a directory to the same name below another: content and
// whether it can be run; of a link where it points to. No link is gone through on either side.
// The error is a *sourceError if it is the first file that cannot be read. It is not waited for
// until it is on the disk: a stop would take many times as long, and what removes slots is no
// loss of power.
func copyFile(from, to, name string) error {
	src, dst := filepath.Join(from, filepath.FromSlash(name)), filepath.Join(to, filepath.FromSlash(name))
	parent, base, err := inside.Parent(from, src, false)
	if err != nil {
		return &sourceError{err}
	}
	defer func() { _ = parent.Close() }() // read only: nothing to lose
	info, err := parent.Lstat(base)
	if err != nil {
		return &sourceError{err}
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := parent.Readlink(base)
		if err != nil {
			return &sourceError{err}
		}
		return create(to, dst, func(dir *os.Root, name string) error { return dir.Symlink(target, name) })
	}
	in, err := inside.Open(from, src)
	if err != nil {
		return &sourceError{err}
	}
	defer func() { _ = in.Close() }() // read only: nothing to lose
	return create(to, dst, func(dir *os.Root, name string) error {
		out, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600|info.Mode().Perm()&0o100)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, source{in})
		if err = errors.Join(err, out.Close()); err != nil {
			_ = dir.Remove(name) // the error that counts is the first one
		}
		return err
	})
}

// create has fn make a file, in a directory that is made if it is missing.
func create(below, path string, fn func(dir *os.Root, name string) error) error {
	dir, name, err := inside.Parent(below, path, true)
	if err != nil {
		return err
	}
	return errors.Join(fn(dir, name), dir.Close())
}

// source tells errors of reading from those of writing.
type source struct{ io.Reader }

func (s source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &sourceError{err}
	}
	return n, err
}

// duplicate copies a file that lies below one directory to a new one below another; with
// lasting it waits until that is on the disk.
func duplicate(below, from, dir, to string, lasting bool) error {
	in, err := inside.Open(below, from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // read only: nothing to lose
	return writeFile(dir, to, in, 0o600, lasting)
}

func writeFile(dir, path string, content io.Reader, mode fs.FileMode, lasting bool) error {
	out, err := inside.OpenFile(dir, path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, content)
	if err == nil && lasting {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
