package hub

import (
	"os"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// FindRoot returns the root of the workspace that contains start: the nearest
// directory with .bones/agent.id, else the top of the git work tree. It wraps
// ErrNoWorkspace if there is neither.
func FindRoot(start string) (string, error) { return bonesdir.Resolve(start) }

// ErrNoWorkspace is returned by FindRoot outside any workspace.
var ErrNoWorkspace = bonesdir.ErrNoWorkspace

// IsRunning reports the pid of the workspace's hub, and whether there is one:
// hub.pid names a live process that is old enough to have written it. It reads
// only.
func IsRunning(root string) (pid int, ok bool) { return livePID(bonesdir.At(root)) }

// FossilURL returns the recorded URL of the running hub's repository, or "" if
// no hub runs or the recorded URL is not on loopback.
func FossilURL(root string) string { return urlIfRunning(root, bonesdir.Dir.FossilURL) }

// NATSURL returns the recorded URL of the running hub's NATS server, or "" if no
// hub runs or the recorded URL is not on loopback.
func NATSURL(root string) string { return urlIfRunning(root, bonesdir.Dir.NATSURL) }

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

func urlIfRunning(root string, url func(bonesdir.Dir) string) string {
	d := bonesdir.At(root)
	if _, ok := livePID(d); !ok {
		return ""
	}
	return url(d)
}

// livePID returns the recorded pid if it can be the hub's.
func livePID(d bonesdir.Dir) (int, bool) {
	rec, err := d.ReadPID()
	if err != nil {
		return 0, false
	}
	return rec.PID, proc.StartedBefore(rec.PID, rec.Written)
}

// otherPID is livePID without this process: whether a hub runs in it the lock tells, and
// a hub.pid that could not be removed does not.
func otherPID(d bonesdir.Dir) (int, bool) {
	pid, ok := livePID(d)
	return pid, ok && pid != os.Getpid()
}
