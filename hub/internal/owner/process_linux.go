package owner

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"bones-tui/hub/proc"
)

// ident is a file's identity while somebody has it open.
type ident struct{ device, inode uint64 }

func identify(fd int) ident {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return ident{}
	}
	return ident{st.Dev, st.Ino}
}

// watch is what processes are searched for.
type watch struct {
	dir, lock, role, fossil ident
	known                   map[ident]bool // these and the other files of the first level that a hub has open
	addresses               []address
	nats                    address   // among them, if it is recorded
	written                 time.Time // when hub.pid was
	database                string    // hub.fossil as /proc/locks calls it; "" until an opener with a lock was seen
}

// knownFiles returns the files that a hub has open even while it starts.
func knownFiles(dir int) map[ident]bool {
	known := map[ident]bool{identify(dir): true}
	for _, name := range []string{
		"hub.lock", "hub.role", "hub.fossil", "hub.fossil-wal", "hub.fossil-shm", "hub.log", "hub.stderr.log",
	} {
		var st unix.Stat_t
		if unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil {
			known[ident{st.Dev, st.Ino}] = true
		}
	}
	return known
}

// maxProc bounds what is read of a file of /proc, in bytes. Command lines can be longer,
// and are cut.
const maxProc = 64 << 10

// entry is a process's directory in /proc. While it is open, all answers are about one
// process, whoever gets its number.
type entry struct{ dir int }

func openEntry(pid int) (entry, error) {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return entry{fd}, err
}

func (e entry) close() { _ = unix.Close(e.dir) }

func (e entry) open(name string) (*os.File, error) {
	fd, err := unix.Openat(e.dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

func (e entry) read(name string) ([]byte, error) {
	f, err := e.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	buf := bytes.NewBuffer(make([]byte, 0, 4096))
	_, err = buf.ReadFrom(io.LimitReader(f, maxProc))
	return buf.Bytes(), err
}

// process returns what there is to see of pid, nil if there is no such process.
func (w *watch) process(pid int) *process {
	e, err := openEntry(pid)
	if err != nil {
		return hidden(pid, err)
	}
	defer e.close()
	p := &process{pid: pid}
	if !e.status(p) {
		return hidden(pid, unix.ESRCH)
	}
	if p.dead {
		return p
	}
	if started, err := proc.StartTime(pid); err == nil {
		p.late = started.After(w.written.Add(proc.Tolerance))
	}
	line, _ := e.read("cmdline")
	p.args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	w.descriptors(e, p)
	if _, err := e.read("comm"); err != nil { // it ended meanwhile, and what it had open with it
		return hidden(pid, err)
	}
	return p
}

// hidden returns what is known of a process without an entry in /proc: nothing if there is
// none, and that it is another's where /proc hides those.
func hidden(pid int, err error) *process {
	if !proc.Alive(pid) {
		return nil
	}
	p := &process{pid: pid, uid: os.Geteuid(), unlisted: err.Error()}
	if errors.Is(unix.Kill(pid, 0), unix.EPERM) {
		p.uid = unknownUser
	}
	return p
}

// unknownUser is the user of a process that is another's, who knows whose.
const unknownUser = -1

// status reads name, state, user and numbers. It reports whether there were any.
func (e entry) status(p *process) bool {
	text, err := e.read("status")
	if err != nil {
		return false
	}
	zombie, threads, group := false, 0, p.pid
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		switch key {
		case "Name":
			p.name = plain(strings.TrimSpace(value))
		case "State":
			zombie = fields[0] == "Z" || fields[0] == "X"
		case "Tgid":
			group = number(fields[0])
		case "Uid":
			p.uid = number(fields[min(1, len(fields)-1)])
		case "Threads":
			threads = number(fields[0])
		case "NSpid":
			for _, n := range fields {
				p.numbers = append(p.numbers, number(n))
			}
		}
	}
	p.dead = zombie && threads <= 1 || group != p.pid
	return true
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return unknownUser
	}
	return n
}

// descriptors notes what p has open of what is searched for.
func (w *watch) descriptors(e entry, p *process) {
	list, err := e.open("fd")
	if err != nil {
		p.unlisted = errorWords(err)
		return
	}
	defer list.Close() //nolint:errcheck // read only
	sockets := map[uint64]bool{}
	for err == nil {
		var names []string
		names, err = list.Readdirnames(1024)
		for _, name := range names {
			w.descriptor(e, p, name, sockets)
		}
	}
	if !errors.Is(err, io.EOF) {
		p.unlisted = errorWords(err)
	}
	if len(sockets) > 0 && p.touches {
		p.listens, p.nats = w.listening(e, p.uid, sockets)
	}
}

func errorWords(err error) string {
	if pe := new(os.PathError); errors.As(err, &pe) {
		err = pe.Err
	}
	return "open its list of descriptors: " + err.Error()
}

func (w *watch) descriptor(e entry, p *process, name string, sockets map[uint64]bool) {
	var st unix.Stat_t
	if unix.Fstatat(e.dir, "fd/"+name, &st, 0) != nil {
		return // closed meanwhile
	}
	if st.Mode&unix.S_IFMT == unix.S_IFSOCK {
		sockets[st.Ino] = true
		return
	}
	id := ident{st.Dev, st.Ino}
	if !w.known[id] {
		return
	}
	text, err := e.read("fdinfo/" + name)
	if err != nil {
		return
	}
	locked := parseInfo(text)
	if id == w.dir || id == w.lock || id == w.role { // open without a lock: whoever asks as we do
		p.touches = p.touches || locked.exclusive
	} else {
		p.touches = true
	}
	switch id {
	case w.dir:
		p.directory = p.directory || locked.exclusive
	case w.lock:
		p.lock = p.lock || locked.exclusive
		p.inherited = p.inherited || locked.exclusive && locked.pid != p.pid
	case w.role:
		p.role = p.role || locked.exclusive
	case w.fossil:
		p.fossil = max(p.fossil, locked.reach)
		p.ofd += locked.ofd
		if locked.file != "" {
			w.database = locked.file
		}
	}
}
