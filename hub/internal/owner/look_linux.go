package owner

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"bones-tui/hub/bonesdir"
)

// look gathers the facts about d. The usual cases look at one process only, the one that
// hub.pid names; all processes are walked over when that one does not account for a lock.
func look(d bonesdir.Dir) facts { return lookWith(d, flock, asNeeded) }

// extent says which processes are looked at.
type extent bool

const (
	asNeeded  extent = false
	everybody extent = true
)

func lookWith(d bonesdir.Dir, flockDirectory flockCall, whom extent) facts {
	f := facts{state: d.State, me: os.Geteuid()}
	if err := d.Verify(); err != nil {
		f.missing = errors.Is(err, fs.ErrNotExist)
		f.refused = err.Error()
		return f
	}
	dir, err := unix.Open(d.State, askFlags|unix.O_DIRECTORY, 0)
	if err != nil {
		f.missing = errors.Is(err, unix.ENOENT)
		f.refused = "open " + d.State + ": " + openError(err)
		return f
	}
	defer unix.Close(dir) //nolint:errcheck // read only

	w := &watch{dir: identify(dir)}
	w.recordAddresses(d)
	f.ports = len(w.addresses)
	f.readRecord(d, w)
	f.directory = ask(dir, flockDirectory)
	f.askFiles(dir, w)
	w.known = knownFiles(dir)
	if !ownProc() {
		f.blind = "/proc shows another pid namespace, or nothing"
		f.named = hidden(f.record.pid, errors.New(f.blind))
		return f
	}
	if f.record.pid > 0 {
		f.named = w.process(f.record.pid)
	}
	if whom == everybody || !f.explained() {
		f.scan(w)
	}
	return f
}

// readRecord reads hub.pid.
func (f *facts) readRecord(d bonesdir.Dir, w *watch) {
	rec, err := d.ReadPID()
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	f.record = record{present: true, pid: rec.PID}
	w.written = rec.Written
	if err != nil {
		f.record.bad = plain(err.Error())
	}
}

// askFiles asks for the locks of the files, and tells w which files they are.
func (f *facts) askFiles(dir int, w *watch) {
	var st unix.Stat_t
	f.lock, st = askFile(dir, "hub.lock")
	w.lock, f.lockNames = ident{st.Dev, st.Ino}, st.Nlink
	f.role, st = askFile(dir, "hub.role")
	w.role = ident{st.Dev, st.Ino}
	f.fossil, st = askDatabase(dir, "hub.fossil")
	w.fossil, f.fossilNames = ident{st.Dev, st.Ino}, st.Nlink
}

// The bytes that SQLite locks, from its os.h: whoever has the database open in WAL mode
// holds them shared.
const (
	sharedFirst = 0x40000002
	sharedSize  = 510
)

// askDatabase asks who has SQLite's lock on a file of the directory. Opening and closing
// it drops no lock of this process: ours belong to the open file.
func askDatabase(dir int, name string) (database, unix.Stat_t) {
	var st unix.Stat_t
	failed := func(why string) database { return database{probe: probe{standing: unasked, why: why}} }
	if err := unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW); errors.Is(err, unix.ENOENT) {
		return database{}, st
	} else if err != nil {
		return failed(err.Error()), st
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return failed("it is no regular file"), st
	}
	fd, err := unix.Openat(dir, name, askFlags, 0)
	if err != nil {
		return failed(openError(err)), st
	}
	defer unix.Close(fd) //nolint:errcheck // read only
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return failed("it was replaced while it was looked at"), st
	}
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: unix.SEEK_SET, Start: sharedFirst, Len: sharedSize}
	if err := unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &l); err != nil {
		return failed(err.Error()), st
	}
	if l.Type == unix.F_UNLCK {
		return database{probe: probe{standing: free}}, st
	}
	return database{probe: probe{standing: busy}, pid: int(l.Pid)}, st
}

// ownProc reports whether /proc shows processes by the numbers that we know them by.
func ownProc() bool {
	self, err := os.Readlink("/proc/self")
	return err == nil && self == strconv.Itoa(os.Getpid())
}
