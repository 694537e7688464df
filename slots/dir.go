package slots

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/proc"
)

// maxPIDFile bounds what is read of a pid file, in bytes.
const maxPIDFile = 64

// ValidName reports whether name can be a slot's: a plain file name that does not
// start with a dot. Names come from the network and become paths.
func ValidName(name string) bool {
	return name != "" && name[0] != '.' && filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`)
}

// directory is what one slot's directory says.
type directory struct {
	pid     int
	written time.Time // of the pid file
	alive   bool
	last    LogLine
	seen    [2]stamp // of the pid file and the log, when they were last read
}

// stamp tells whether a file has changed.
type stamp struct {
	modified time.Time
	size     int64
}

func stampOf(info fs.FileInfo) stamp { return stamp{info.ModTime(), info.Size()} }

// scan reads the slot directories of the workspace. Files that did not change since
// known was read are not read again; whether a process lives is asked each time.
func scan(d bonesdir.Dir, known map[string]directory) (map[string]directory, error) {
	entries, err := inside.ReadDir(d.State, d.Swarm())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("slots: list slot directories: %w", err)
	}
	found := make(map[string]directory, len(entries))
	for _, e := range entries {
		if e.IsDir() && ValidName(e.Name()) {
			found[e.Name()] = known[e.Name()].refresh(d.Slot(e.Name()))
		}
	}
	return found, nil
}

// refresh returns the directory at path as it is now.
func (d directory) refresh(path string) directory {
	if info, changed := d.changed(0, filepath.Join(path, bonesdir.SlotPID)); changed {
		d.pid, d.written = 0, time.Time{}
		if info != nil {
			d.pid, d.written = readPID(filepath.Join(path, bonesdir.SlotPID)), info.ModTime()
		}
	}
	d.alive = d.pid > 0 && proc.StartedBefore(d.pid, d.written)
	if info, changed := d.changed(1, filepath.Join(path, bonesdir.SlotLog)); changed {
		d.last = LogLine{}
		if info != nil {
			d.last, _ = lastLogLine(filepath.Join(path, bonesdir.SlotLog)) // unreadable is as good as empty
		}
	}
	return d
}

// changed reports whether the i-th stamped file is not what it was, and returns
// what it is now, nil if it is no regular file.
func (d *directory) changed(i int, path string) (fs.FileInfo, bool) {
	info, err := inside.Stat(filepath.Dir(path), path, inside.File)
	if err != nil {
		was := d.seen[i]
		d.seen[i] = stamp{}
		return nil, was != stamp{}
	}
	was := d.seen[i]
	d.seen[i] = stampOf(info)
	return info, was != d.seen[i]
}

// readPID returns the pid that the file at path holds, 0 if it holds none.
func readPID(path string) int {
	text, err := readHead(path, maxPIDFile)
	if err != nil {
		return 0
	}
	pid, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 32)
	if err != nil || pid <= 0 {
		return 0
	}
	return int(pid)
}

// hostname is what this machine calls itself in sessions; "" if it cannot tell, and
// every session is then another host's.
func hostname() string {
	name, _ := os.Hostname()
	return name
}
