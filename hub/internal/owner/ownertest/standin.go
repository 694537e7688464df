//go:build linux

// Package ownertest runs stand-ins for the processes that have something of a state
// directory: hubs of each kind, keepers, dashboards. They are real processes with real
// locks, descriptors and sockets, made from the test binary itself.
package ownertest

import (
	"path/filepath"

	"bones-tui/hub/bonesdir"
)

// Lock is SQLite's lock on hub.fossil.
type Lock uint8

// The locks.
const (
	NoLock    Lock = iota
	POSIXLock      // as the bones CLI and stock fossil take it
	OFDLock        // as our own SQLite takes it
)

// Spec is what a stand-in does.
type Spec struct {
	Args []string // its command line
	Dir  bonesdir.Dir

	Family   bool // flock on hub.lock
	Role     bool // flock on the directory
	RoleFile bool // flock on hub.role
	Log      bool // hub.log open for appending

	Open    bool // hub.fossil open for reading
	Write   bool // hub.fossil open for writing
	Lock    Lock // on hub.fossil, which is open then
	Listen  int  // how many of the two servers listen, Fossil's first
	Records bool // it writes the URL files
	PIDFile bool // it writes hub.pid
	PID     int  // what it writes there instead of its own pid, if not 0

	Ask   bool // it asks whose the directory is, and ends
	Proc  bool // it mounts a /proc of its own first, in a mount namespace of its own
	Plain bool // it shows nobody what it has open
}

// Hub is the active hub of this release.
func Hub(d bonesdir.Dir) Spec {
	return Spec{
		Args: []string{"/usr/local/bin/bones-tui", "hub", "start", "--root", d.Root}, Dir: d, Family: true, Role: true, Log: true,
		Write: true, Lock: OFDLock, Listen: 2, Records: true, PIDFile: true,
	}
}

// Keeper is the keeper of a hub that has died.
func Keeper(d bonesdir.Dir) Spec {
	return Spec{Args: []string{"/usr/local/bin/bones-tui", "hub", "keep", "--root", d.Root}, Dir: d, Family: true, PIDFile: true}
}

// Standby is a successor that waits for its predecessor.
func Standby(d bonesdir.Dir) Spec {
	return Spec{Args: []string{"/usr/local/bin/bones-tui", "hub", "start", "--root", d.Root}, Dir: d, Family: true}
}

// Earlier is a hub of the earlier release, in a dashboard.
func Earlier(d bonesdir.Dir) Spec {
	s := Hub(d)
	s.Args, s.Role = []string{"bones-tui"}, false
	return s
}

// Reference is a hub that the bones CLI has started in the background.
func Reference(d bonesdir.Dir) Spec {
	s := Hub(d)
	s.Args = []string{"/usr/local/bin/bones", "hub", "start"}
	s.Family, s.Role, s.Lock = false, false, POSIXLock
	return s
}

// Dashboard is an attached dashboard, which reads the repository through an SQLite that
// opens for writing.
func Dashboard(d bonesdir.Dir) Spec {
	return Spec{Args: []string{"bones-tui"}, Dir: d, Write: true, Lock: OFDLock}
}

// Bystander has nothing of the directory.
func Bystander(d bonesdir.Dir) Spec { return Spec{Args: []string{"sleep", "60"}, Dir: d} }

// Workspace returns the state directory, not yet made, of a workspace at root.
func Workspace(root string) bonesdir.Dir {
	return bonesdir.Dir{Root: root, State: filepath.Join(root, ".bones")}
}
