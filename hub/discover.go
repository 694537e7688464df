package hub

import (
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/registry"
)

// FindRoot returns the root of the workspace that contains start: the nearest
// directory with .bones/agent.id, else the top of the git work tree. It wraps
// ErrNoWorkspace if there is neither.
func FindRoot(start string) (string, error) { return bonesdir.Resolve(start) }

// ErrNoWorkspace is returned by FindRoot outside any workspace.
var ErrNoWorkspace = bonesdir.ErrNoWorkspace

// IsRunning reports the pid of the workspace's hub, and whether there is one: a process
// of which the kernel's own answers prove that this directory is its. It is (0, false)
// without one, and if it cannot be told; Whose says which. It reads only.
func IsRunning(root string) (pid int, ok bool) { return runningPID(bonesdir.At(root)) }

// FossilURL returns the recorded URL of the running hub's repository, or "" if
// no hub runs or the recorded URL is not on loopback.
func FossilURL(root string) string { return urlIfRunning(root, bonesdir.Dir.FossilURL) }

// NATSURL returns the recorded URL of the running hub's NATS server, or "" if no
// hub runs or the recorded URL is not on loopback.
func NATSURL(root string) string { return urlIfRunning(root, bonesdir.Dir.NATSURL) }

// ErrUntrusted is matched by the errors of everything that finds a state directory which is
// a link, no directory, or another user's. Nothing in it was believed or changed.
var ErrUntrusted = bonesdir.ErrUntrusted

// ExposedError says what in a state directory keeps it from being used.
type ExposedError = bonesdir.ExposedError

// Verify reports whether the workspace's state directory, if there is one, is a directory
// of this user, and holds no link, pipe or other user's file where we look: else nothing
// in it is to be believed, or shown. The error matches ErrUntrusted then.
func Verify(root string) error {
	return bonesdir.At(root).Check()
}

// HubFossilPath returns where the workspace's repository is, or will be. It
// honours BONES_DIR.
func HubFossilPath(root string) string { return bonesdir.At(root).Fossil() }

// LogPath returns where the workspace's hub.log is, or will be.
func LogPath(root string) string { return bonesdir.At(root).Log() }

// Name returns the workspace's display name.
func Name(root string) string { return bonesdir.At(root).Name() }

// ID returns a name for files about the workspace elsewhere: letters and digits,
// the same for every spelling of the root that filepath.Abs makes equal.
func ID(root string) string { return registry.ID(root) }

// ShellWord makes a path or a name one word of a shell, if it needs that.
func ShellWord(path string) string { return bonesdir.ShellWord(path) }

func urlIfRunning(root string, url func(bonesdir.Dir) string) string {
	d := bonesdir.At(root)
	if v := owner.Whose(d); v.Answer != owner.Held || !v.Serving {
		return ""
	}
	return url(d)
}

// runningPID is the pid of the hub that is proven to run.
func runningPID(d bonesdir.Dir) (int, bool) {
	v := owner.Whose(d)
	if v.Answer != owner.Held {
		return 0, false
	}
	return v.PID, true
}
