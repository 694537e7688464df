package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"bones-tui/hub"
)

// A demo's directory is <parent>/bones-demo, or -2 and so on, and holds the
// workspace, what agents of other hosts own, and the marker. The marker is locked
// for as long as the owner lives; the system drops the lock with the process.
const (
	dirName    = "bones-demo"
	rootName   = "webapp"
	remoteName = "elsewhere"
	markerName = "demo.lock"
	maxDemos   = 100 // at a time
)

// ErrTooMany is returned by Create if every name is taken.
var ErrTooMany = errors.New("demo: too many demos at a time")

// Workspace is a git repository in a directory that nobody else uses.
type Workspace struct {
	Root string // of the repository: the workspace's root

	dir    string
	marker *flock.Flock
}

// Create makes a workspace below the directory parent and commits a small web
// application to it. The commits are the same each time. The caller removes or
// keeps it.
func Create(ctx context.Context, parent string) (*Workspace, error) {
	parent, err := filepath.EvalSymlinks(parent) // git names the real path
	if err != nil {
		return nil, fmt.Errorf("demo: create workspace: %w", err)
	}
	w, err := claimDir(parent)
	if err != nil {
		return nil, err
	}
	if err = os.Mkdir(w.Root, 0o755); err == nil {
		err = makeRepository(ctx, w.Root)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("demo: create workspace: %w", err), w.Remove())
	}
	return w, nil
}

// claimDir makes the first directory whose name is free.
func claimDir(parent string) (*Workspace, error) {
	for n := 1; n <= maxDemos; n++ {
		dir := filepath.Join(parent, demoName(n))
		if err := os.Mkdir(dir, 0o700); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("demo: create workspace: %w", err)
		}
		marker, err := lockMarker(dir, os.O_CREATE)
		if errors.Is(err, errTaken) {
			continue // swept as fast as it was made
		}
		if err != nil {
			return nil, fmt.Errorf("demo: create workspace: %w", err)
		}
		return &Workspace{Root: filepath.Join(dir, rootName), dir: dir, marker: marker}, nil
	}
	return nil, ErrTooMany
}

func demoName(n int) string {
	if n == 1 {
		return dirName
	}
	return fmt.Sprintf("%s-%d", dirName, n)
}

// errTaken says that somebody else holds the marker, or has removed it.
var errTaken = errors.New("taken")

// lockMarker opens the marker in dir with the flag and locks it, or returns errTaken.
func lockMarker(dir string, flag int) (*flock.Flock, error) {
	path := filepath.Join(dir, markerName)
	marker := flock.New(path, flock.SetFlag(flag|os.O_RDWR), flock.SetPermissions(0o600))
	if ok, err := marker.TryLock(); err != nil {
		return nil, err
	} else if !ok {
		return nil, errTaken
	}
	if _, err := os.Lstat(path); err != nil { // what we locked was just unlinked
		return nil, errors.Join(errTaken, marker.Unlock())
	}
	return marker, nil
}

// Remove stops a hub that runs on in the workspace without us, and removes
// everything. It needs to be called once nothing of this process uses it.
func (w *Workspace) Remove() error {
	err := errors.Join(hub.Stop(w.Root, hub.WithForce(true)), os.RemoveAll(w.dir), w.marker.Unlock())
	if err != nil {
		return fmt.Errorf("demo: remove workspace: %w", err)
	}
	return nil
}

// Keep leaves the workspace to the user: no Sweep will take it.
func (w *Workspace) Keep() error {
	if err := errors.Join(os.Remove(filepath.Join(w.dir, markerName)), w.marker.Unlock()); err != nil {
		return fmt.Errorf("demo: keep workspace: %w", err)
	}
	return nil
}

// Sweep removes the demos below parent whose owner has died without doing so.
func Sweep(parent string) error {
	parent, err := filepath.EvalSymlinks(parent)
	if err != nil {
		return fmt.Errorf("demo: sweep: %w", err)
	}
	var failed []error
	for n := 1; n <= maxDemos; n++ {
		failed = append(failed, sweepDir(filepath.Join(parent, demoName(n))))
	}
	return errors.Join(failed...)
}

// sweepDir removes one demo, if it is a dead one of this user. Others may make
// directories of such a name too, and must not have us stop a process that they
// name in there.
func sweepDir(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 || !ours(info) {
		return nil //nolint:nilerr // not a demo of ours
	}
	marker, err := lockMarker(dir, 0)
	if errors.Is(err, errTaken) || errors.Is(err, fs.ErrNotExist) {
		return nil // alive, or kept
	}
	if err != nil {
		return fmt.Errorf("demo: sweep: %w", err)
	}
	return (&Workspace{Root: filepath.Join(dir, rootName), dir: dir, marker: marker}).Remove()
}
