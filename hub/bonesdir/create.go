package bonesdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir/inside"
)

// ErrUntrusted is returned when the state directory is not one that only we can
// write: a symbolic link, not a directory, or another user's.
var ErrUntrusted = errors.New("bonesdir: state directory is not ours")

const (
	dirMode     fs.FileMode = 0o700
	othersWrite fs.FileMode = 0o022
	privateMode fs.FileMode = 0o600
	publicMode  fs.FileMode = 0o644 // what the contract gives to pid, URL and lock files
)

// Verify checks that the state directory is a real directory that belongs to
// us. It changes nothing. Errors are fs.ErrNotExist if there is none, and
// ErrUntrusted with the path and, for another user's, the owner.
func (d Dir) Verify() error {
	_, err := d.verified()
	return err
}

func (d Dir) verified() (fs.FileInfo, error) {
	info, err := os.Lstat(d.State)
	if err != nil {
		return nil, fmt.Errorf("bonesdir: look at state directory: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is %s", ErrUntrusted, d.State, describe(info.Mode()))
	}
	if uid, ok := inside.Owner(info); ok && uid != os.Geteuid() {
		return nil, fmt.Errorf("%w: %s belongs to user %d", ErrUntrusted, d.State, uid)
	}
	return info, nil
}

func describe(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m.IsRegular():
		return "a file"
	default:
		return "a special file"
	}
}

// Create makes the state directory if it is missing: private (0700), and ignored
// by git. One that is there below the root is made so; one that $BONES_DIR names
// may serve other ends too, so it is left as it is, and refused if others can
// write to it. The root must exist. Create refuses what Verify refuses.
func (d Dir) Create() error {
	if info, err := os.Stat(d.Root); err != nil { //nolint:forbidigo // the user has named it
		return fmt.Errorf("bonesdir: create state directory: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("bonesdir: create state directory: %s: %w", d.Root, errNotDir)
	}
	info, err := d.verified()
	if errors.Is(err, fs.ErrNotExist) {
		return d.make()
	}
	if err != nil {
		return err
	}
	if d.moved() {
		if info.Mode().Perm()&othersWrite != 0 {
			return fmt.Errorf("%w: others can write to %s", ErrUntrusted, d.State)
		}
		return nil
	}
	return d.protect(info)
}

func (d Dir) moved() bool { return d.State != filepath.Join(d.Root, stateName) }

func (d Dir) make() error {
	if err := os.MkdirAll(d.State, dirMode); err != nil {
		return fmt.Errorf("bonesdir: create state directory: %w", err)
	}
	info, err := d.verified()
	if err != nil {
		return err
	}
	return d.protect(info)
}

// protect keeps other users, and git, out.
func (d Dir) protect(info fs.FileInfo) error {
	if info.Mode().Perm() != dirMode {
		if err := os.Chmod(d.State, dirMode); err != nil {
			return fmt.Errorf("bonesdir: make state directory private: %w", err)
		}
	}
	return d.ignore()
}

var errNotDir = errors.New("not a directory")

// ignore writes the .gitignore, unless there is one.
func (d Dir) ignore() error {
	f, err := os.OpenFile(d.in(ignoreFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, privateMode) //nolint:forbidigo // O_EXCL follows no link
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("bonesdir: ignore state directory: %w", err)
	}
	_, err = f.WriteString("*\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("bonesdir: ignore state directory: %w", err)
	}
	return nil
}
