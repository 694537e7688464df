package bonesdir

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"bones-tui/hub/bonesdir/inside"
)

// ErrNoWorkspace is returned by Resolve when nothing at or above the start is a
// workspace or a git work tree.
var ErrNoWorkspace = errors.New("bonesdir: no workspace")

// ErrTooDeep is returned by Resolve when it has looked at 64 directories without
// reaching the top of the file system.
var ErrTooDeep = errors.New("bonesdir: too many directories above the start")

// maxWalk is the contract's limit on directories looked at.
const maxWalk = 64

// Resolve returns the absolute root of the workspace that contains start, with
// symbolic links left as they are. The nearest directory with .bones/agent.id of this
// user wins; without one it is the top level of the git work tree around start. If
// $BONES_DIR has an agent.id, start itself is the root. A marker of another user, in a
// parent that all may write to, makes no workspace. Errors are ErrNoWorkspace and
// ErrTooDeep, wrapped with start.
func Resolve(start string) (string, error) {
	start, err := filepath.Abs(start)
	if err != nil {
		return "", fmt.Errorf("bonesdir: resolve workspace: %w", err)
	}
	if moved := movedState(); moved != "" && isMarked(moved) {
		return start, nil
	}
	root, err := walkUp(start, isWorkspace)
	if errors.Is(err, ErrNoWorkspace) {
		root, err = walkUp(start, isWorkTree)
	}
	return root, err
}

// walkUp returns the nearest directory, from start to the top, that is wanted.
func walkUp(start string, wanted func(dir string) bool) (string, error) {
	dir := start
	for range maxWalk {
		if wanted(dir) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("%w at or above %s", ErrNoWorkspace, start)
		}
		dir = parent
	}
	return "", fmt.Errorf("%w: %s", ErrTooDeep, start)
}

func isWorkspace(dir string) bool { return isMarked(filepath.Join(dir, stateName)) }

// isMarked reports whether a state directory has a marker of ours.
func isMarked(state string) bool {
	info, err := os.Lstat(filepath.Join(state, markerFile))
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	uid, known := inside.Owner(info)
	return !known || uid == os.Geteuid()
}

// isWorkTree reports whether dir is the top level of a git work tree: .git is a
// repository, or a file that points at one (linked work trees, submodules).
func isWorkTree(dir string) bool {
	git := filepath.Join(dir, ".git")
	if exists(filepath.Join(git, "HEAD")) {
		return true
	}
	info, err := os.Lstat(git)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxRecord {
		return false
	}
	text, err := os.ReadFile(git) //nolint:forbidigo // small and regular
	return err == nil && bytes.HasPrefix(text, []byte("gitdir:"))
}

func exists(path string) bool {
	_, err := os.Stat(path) //nolint:forbidigo // looks, and reads nothing
	return err == nil
}
