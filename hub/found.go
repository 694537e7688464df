package hub

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/internal/origin"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/registry"
)

// ErrFound is matched by a *FoundError.
var ErrFound = errors.New("hub: state was found here, not made here")

// FoundError is the refusal of a repository or a store that no hub of this user has made, nor
// bones: it may have come with a checkout. WithTrustState takes it over.
type FoundError struct{ Found Found }

// Error says what was found, and both ways on.
func (e *FoundError) Error() string {
	return fmt.Sprintf("%s holds %s that no hub of yours has made; look at it, then `bones-tui hub start --trust-state` takes it over, or remove it",
		e.Found.Dir, e.Found)
}

// Is reports that the error is an ErrFound.
func (e *FoundError) Is(target error) bool { return target == ErrFound }

// Found is what a state directory holds that a hub would use.
type Found struct {
	Dir        string    // the state directory
	Repository int64     // bytes of hub.fossil, 0 if there is none
	Streams    []string  // names of JetStream's streams, sorted
	Slots      []string  // names of slots that have a clone or a check-out, sorted
	Changed    time.Time // when the first of these was
}

// String names the parts.
func (f Found) String() string {
	var parts []string
	if f.Repository > 0 {
		parts = append(parts, fmt.Sprintf("a repository of %d bytes", f.Repository))
	}
	if n := len(f.Streams); n > 0 {
		parts = append(parts, fmt.Sprintf("a message store with %s (%s)", plural.Of(int64(n), "stream"), strings.Join(f.Streams[:min(n, 5)], ", ")))
	}
	if n := len(f.Slots); n > 0 {
		parts = append(parts, fmt.Sprintf("%s (%s)", plural.Of(int64(n), "slot"), strings.Join(f.Slots[:min(n, 5)], ", ")))
	}
	return strings.Join(parts, " and ") + ", last changed " + f.Changed.UTC().Format(time.RFC3339)
}

// FoundState returns what the workspace at root holds that no hub of this user has made, nor
// bones; ok is false if that is nothing. A start refuses it without WithTrustState.
func FoundState(root string) (f Found, ok bool) {
	d := bonesdir.At(root)
	f, there := lookForState(d)
	if !there || madeByReference(d) {
		return Found{}, false
	}
	_, made := origin.Projects(d)
	return f, !made
}

func lookForState(d bonesdir.Dir) (f Found, there bool) {
	f.Dir = d.State
	if info, err := inside.Stat(d.State, d.Fossil(), inside.File); err == nil && info.Size() > 0 {
		f.Repository, f.Changed = info.Size(), info.ModTime()
	}
	streams := lastrun.StreamsDir(d)
	f.Streams = namesIn(d, streams)
	for _, name := range namesIn(d, d.Swarm()) {
		if hasSlot(d, name) {
			f.Slots = append(f.Slots, name)
		}
	}
	for _, dir := range []string{streams, d.Swarm()} {
		if info, err := inside.Stat(d.State, dir, inside.Directory); err == nil && f.Changed.IsZero() {
			f.Changed = info.ModTime()
		}
	}
	return f, f.Repository > 0 || len(f.Streams) > 0 || len(f.Slots) > 0
}

// namesIn lists a directory. What is wrong with it is the walk's to tell.
func namesIn(d bonesdir.Dir, dir string) (names []string) {
	entries, _ := inside.ReadDir(d.State, dir)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// hasSlot reports whether a slot's directory holds a database that would be read.
func hasSlot(d bonesdir.Dir, name string) bool {
	for _, file := range []string{bonesdir.SlotClone, filepath.Join(bonesdir.SlotTree, ".fslckout"), filepath.Join(bonesdir.SlotTree, "_FOSSIL_")} {
		if _, err := inside.Stat(d.State, filepath.Join(d.Swarm(), name, file), inside.File); err == nil {
			return true
		}
	}
	return false
}

// maxHook bounds what is read of a git hook, in bytes.
const maxHook = 64 << 10

// madeByReference reports whether the bones CLI was at work in this very workspace: this user's
// list of workspaces has it, or its hook is in the git directory, which no clone brings along.
func madeByReference(d bonesdir.Dir) bool {
	if home, err := os.UserHomeDir(); err == nil {
		if _, err := registry.Read(home, d.Root); err == nil {
			return true
		}
	}
	root, err := filepath.EvalSymlinks(d.Root)
	if err != nil {
		return false
	}
	hook, err := inside.ReadFile(root, filepath.Join(root, ".git", "hooks", "pre-commit"), maxHook)
	return err == nil && bytes.Contains(hook, []byte(".bones"))
}

// checkOrigin refuses, before anything is opened, what was found and not made here.
func (r *running) checkOrigin() error {
	f, ok := FoundState(r.dir.Root)
	if !ok || r.set.trustState {
		return nil
	}
	return &FoundError{f}
}

// checkProject refuses a repository that has taken the place of one of ours, and signs what
// is used from now on.
func (r *running) checkProject(code string, created bool) error {
	codes, made := origin.Projects(r.dir)
	if made && !created && !slices.Contains(codes, code) && !r.hub.heir && !r.set.trustState && !madeByReference(r.dir) {
		f, _ := lookForState(r.dir)
		return &FoundError{f}
	}
	if err := origin.Sign(r.dir, code); err != nil {
		r.log.Lifecycle(LevelWarn, "hub: the next start will ask whether to trust the repository: %v", err)
	}
	return nil
}
