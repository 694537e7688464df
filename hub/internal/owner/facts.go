package owner

import (
	"path/filepath"
	"slices"
	"strings"
)

// facts is all that the answer depends on.
type facts struct {
	state   string // path of the state directory
	missing bool   // there is no state directory
	refused string // why the directory is not looked into
	blind   string // why the descriptors of processes cannot be seen
	me      int    // our user
	ports   int    // how many listening addresses are recorded, at most 2

	directory, lock, role probe // flock on the directory, hub.lock, hub.role
	lockNames             uint64
	fossil                database
	fossilNames           uint64

	record record
	named  *process // whom hub.pid names, nil if there is no such process

	others  []process // those that have something of the directory, if all processes had to be looked at
	unread  int       // processes of ours whose descriptors could not be read
	foreign int       // locks on hub.fossil of processes that are not among others, or not seen whole
}

// standing is how a lock was found.
type standing uint8

const (
	absent      standing = iota // there is no such file
	free                        // nobody holds it
	busy                        // somebody holds it
	unsupported                 // the file system has no such lock
	unasked                     // the system refused to answer
)

// probe is the outcome of asking for a lock without keeping it.
type probe struct {
	standing standing
	why      string // unasked: the system's words
}

// database is the outcome of asking who has SQLite's lock on hub.fossil.
type database struct {
	probe
	pid int // busy: the first locker; or anonymous, or 0
}

// anonymous is what the kernel gives in the place of a pid where a lock belongs to an open
// file and not to a process. 0 stands for a process without a number in our pid namespace.
const anonymous = -1

// record is hub.pid.
type record struct {
	present bool
	bad     string // why it cannot be used
	pid     int
}

// reach is how a process has a file open.
type reach uint8

const (
	closed reach = iota
	reading
	writing
)

// place is which workspace a command line is about.
type place uint8

const (
	somewhere place = iota // it does not say
	here
	elsewhere
)

// process is what the system shows of one process.
type process struct {
	pid     int
	name    string
	uid     int
	args    []string
	place   place // whose hub its command line says that it is; only where descriptors are not shown
	dead    bool  // a zombie, or only a thread's number
	late    bool  // it started after hub.pid was written
	numbers []int // its pid in each pid namespace from ours inwards

	unlisted string // why its descriptors are not known; "" if all were read

	directory, lock, role bool  // it has an exclusive flock there
	inherited             bool  // of a lock that another process took
	fossil                reach // hub.fossil
	ofd                   int   // its locks there of the kind that belongs to an open file
	touches               bool  // it has a file of the directory open, or a lock of one
	listens               int   // how many recorded addresses' listening sockets are its own
	nats                  bool  // that of NATS is among them
}

// hasRole reports whether the process holds the lock of the active hub.
func (p *process) hasRole() bool { return p.directory || p.role }

// locks reports whether the process holds any lock of a hub of ours.
func (p *process) locks() bool { return p.hasRole() || p.lock }

// runs reports whether the command line has "hub" and verb side by side.
func (p *process) runs(verb string) bool {
	for i := 1; i < len(p.args); i++ {
		if p.args[i-1] == "hub" && p.args[i] == verb {
			return true
		}
	}
	return false
}

// isReference reports whether the process runs the bones CLI's hub.
func (p *process) isReference() bool {
	return len(p.args) > 0 && strings.TrimSuffix(filepath.Base(p.args[0]), ".exe") == "bones" && p.runs("start")
}

// isKeeper reports whether the process is a keeper and nothing more.
func (p *process) isKeeper() bool {
	return p.runs("keep") && !p.hasRole() && p.fossil != writing
}

// isProgram reports whether the process runs our program, of which a dashboard may be a hub.
func (p *process) isProgram() bool {
	return len(p.args) > 0 && strings.TrimSuffix(filepath.Base(p.args[0]), ".exe") == "bones-tui"
}

// hubLike reports whether something besides a single lock says that this is a process of
// a hub: a backup or an editor may hold any one of them.
func (p *process) hubLike() bool {
	return p.hasRole() && p.lock || p.fossil == writing || p.runs("keep") || p.isProgram() || p.runs("start") && !p.isReference()
}

// ours reports whether the process is of this user, alive, and seen whole.
func (f *facts) ours(p *process) bool {
	return p != nil && !p.dead && p.uid == f.me && p.unlisted == ""
}

// isNamed reports whether hub.pid may mean p: by our number or by one that it has in a pid
// namespace of its own. Whether p is too young to have written it is another question: a
// clock that was set makes any process look so.
func (f *facts) isNamed(p *process) bool {
	return f.record.pid > 0 && (p.pid == f.record.pid || slices.Contains(p.numbers, f.record.pid))
}

// roleBusy reports whether somebody is the active hub of a release that has that lock.
func (f *facts) roleBusy() bool {
	return f.directory.standing == busy || f.role.standing == busy
}

// locked reports whether any lock of a hub of ours is held.
func (f *facts) locked() bool { return f.roleBusy() || f.lock.standing == busy }
