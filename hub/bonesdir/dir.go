// Package bonesdir knows where a workspace keeps its state: how the root is
// found, what each file is called, and how the small ones are read, written and
// locked. Nothing in it starts a process or opens a connection.
package bonesdir

import (
	"os"
	"path/filepath"
	"strings"
)

// The layout. "state" is <root>/.bones, or $BONES_DIR where that is set.
//
//	state/agent.id         marks a workspace; created by the bones CLI
//	state/workspace_name   display name, optional
//	state/hub.pid          pid of the running hub, decimal and newline, 0644
//	state/hub-fossil-url   http://127.0.0.1:PORT and newline, 0644; outlives the hub
//	state/hub-nats-url     nats://127.0.0.1:PORT and newline, 0644; outlives the hub
//	state/hub.lock         empty, target of the lock, 0644, never removed
//	state/hub.lock.pid     pid of the lock's holder, 0600
//	state/hub.role         locked by the hub where directories cannot be, empty, 0600
//	state/hub.fossil       the repository
//	state/hub.incidents    what went wrong, until it is dismissed and after, 0600
//	state/hub.incidents.lock  locked by who changes that, empty, 0600
//	state/hub.origin       says that a hub of this user has made the repository, 0600
//	state/last-applied     the last check-in that git has received
//	state/coord/           JetStream's store
//	state/coord.marks      what the last run left: sequences, blocks, the tip of trunk; 0600
//	state/hub.log          NDJSON, rotated to hub.log.1 … hub.log.N
//	state/hub.stderr.log   what a detached hub writes to its stdout and stderr
//	state/swarm/<slot>/    one directory for each slot
//	state/recovery/        copies of work that was about to be removed
//	state/.gitignore       "*": the directory ignores itself
//
//	<root>/.bones/swarm-events.jsonl   slot events; never moves with $BONES_DIR
const (
	stateName       = ".bones"
	markerFile      = "agent.id"
	nameFile        = "workspace_name"
	pidFile         = "hub.pid"
	fossilURLFile   = "hub-fossil-url"
	natsURLFile     = "hub-nats-url"
	lockFile        = "hub.lock"
	lockPIDFile     = "hub.lock.pid"
	roleFile        = "hub.role"
	fossilFile      = "hub.fossil"
	originFile      = "hub.origin"
	incidentsFile   = "hub.incidents"
	incidentsLock   = "hub.incidents.lock"
	lastAppliedFile = "last-applied"
	coordDir        = "coord"
	coordMarksFile  = "coord.marks"
	logFile         = "hub.log"
	stderrLogFile   = "hub.stderr.log"
	swarmDir        = "swarm"
	recoveryDir     = "recovery"
	ignoreFile      = ".gitignore"
	swarmEventsFile = "swarm-events.jsonl"
)

// What a slot's directory holds, as far as we look at it.
const (
	SlotPID   = "leaf.pid"    // decimal pid and newline
	SlotLog   = "log"         // NDJSON, written by the slot's own commands
	SlotTree  = "wt"          // the worktree, a Fossil check-out
	SlotClone = "leaf.fossil" // the slot's clone
)

// stateEnv moves the state directory of the current workspace.
const stateEnv = "BONES_DIR"

// Dir is the state directory of one workspace. It is plain data: making one
// touches nothing.
type Dir struct {
	Root  string // the workspace's root, absolute
	State string // where its state lives, absolute
}

// At returns the state directory of the workspace at root: $BONES_DIR made
// absolute if it is set, else <root>/.bones.
func At(root string) Dir {
	d := AtDefault(root)
	if moved := movedState(); moved != "" {
		d.State = moved
	}
	return d
}

// AtDefault is At without $BONES_DIR. Views of workspaces other than the
// current one need it, for the variable speaks of the current one only.
func AtDefault(root string) Dir {
	root = absolute(root)
	return Dir{Root: root, State: filepath.Join(root, stateName)}
}

// movedState returns the absolute $BONES_DIR, "" if it is not set.
func movedState() string {
	dir := os.Getenv(stateEnv)
	if dir == "" {
		return ""
	}
	return absolute(dir)
}

// absolute returns the clean absolute form of path. Symbolic links stay. It
// falls back to the clean form when the working directory is gone.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	return abs
}

func (d Dir) in(name string) string { return filepath.Join(d.State, name) }

// PIDFile is the path of hub.pid.
func (d Dir) PIDFile() string { return d.in(pidFile) }

// FossilURLFile is the path of the file that records the Fossil URL.
func (d Dir) FossilURLFile() string { return d.in(fossilURLFile) }

// NATSURLFile is the path of the file that records the NATS URL.
func (d Dir) NATSURLFile() string { return d.in(natsURLFile) }

// LockFile is the path of the file that Lock locks.
func (d Dir) LockFile() string { return d.in(lockFile) }

// LockPIDFile is the path of the file that names the lock's holder.
func (d Dir) LockPIDFile() string { return d.in(lockPIDFile) }

// RoleFile is the path of the file that the hub locks where the file system cannot lock
// the state directory itself.
func (d Dir) RoleFile() string { return d.in(roleFile) }

// OriginFile is the path of the file that says whose hubs have made what is there.
func (d Dir) OriginFile() string { return d.in(originFile) }

// Incidents is the path of the record of what went wrong.
func (d Dir) Incidents() string { return d.in(incidentsFile) }

// IncidentsLock is the path of the file that is locked while that is changed.
func (d Dir) IncidentsLock() string { return d.in(incidentsLock) }

// Fossil is the path of the repository.
func (d Dir) Fossil() string { return d.in(fossilFile) }

// Coord is the directory of JetStream's store.
func (d Dir) Coord() string { return d.in(coordDir) }

// Log is the path of hub.log.
func (d Dir) Log() string { return d.in(logFile) }

// StderrLog is the path of the file that takes a detached hub's output.
func (d Dir) StderrLog() string { return d.in(stderrLogFile) }

// Swarm is the directory that holds one directory for each slot.
func (d Dir) Swarm() string { return d.in(swarmDir) }

// Slot is the directory of one slot. The name is a file name: callers refuse
// names with separators before they come here.
func (d Dir) Slot(name string) string { return filepath.Join(d.Swarm(), name) }

// Recovery is the directory that holds copies of work about to be removed.
func (d Dir) Recovery() string { return d.in(recoveryDir) }

// LastApplied is the path of the file that names the last check-in git received.
func (d Dir) LastApplied() string { return d.in(lastAppliedFile) }

// CoordMarks is the path of the record of how the last run left store and repository.
func (d Dir) CoordMarks() string { return d.in(coordMarksFile) }

// SwarmEvents is the path of the slot events, below the root even where
// $BONES_DIR moves everything else.
func (d Dir) SwarmEvents() string { return filepath.Join(d.Root, stateName, swarmEventsFile) }

// Name is the workspace's display name: the trimmed content of workspace_name,
// else the last element of the root.
func (d Dir) Name() string {
	text, _, err := readSmall(d.State, d.in(nameFile))
	if name := strings.TrimSpace(string(text)); err == nil && name != "" {
		return name
	}
	return filepath.Base(d.Root)
}
