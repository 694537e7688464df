package owner

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// info is what fdinfo tells of a descriptor.
type info struct {
	reach     reach
	exclusive bool   // it has an exclusive flock
	pid       int    // which this process took
	ofd       int    // how many locks it has that belong to the open file
	file      string // of its locks, as /proc/locks has it
}

func parseInfo(text []byte) info {
	i := info{reach: reading}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) >= 2 && fields[0] == "flags:":
			if flags, err := strconv.ParseUint(fields[1], 8, 64); err == nil && flags&unix.O_ACCMODE != unix.O_RDONLY {
				i.reach = writing
			}
		case len(fields) >= 6 && fields[0] == "lock:": // number, kind, ADVISORY, mode, pid
			if len(fields) > 6 {
				i.file = fields[6]
			}
			if fields[2] == "OFDLCK" {
				i.ofd++
			}
			if fields[2] == "FLOCK" && fields[4] == "WRITE" {
				i.exclusive, i.pid = true, number(fields[5])
			}
		}
	}
	return i
}

// foreignLocks returns how many locks of the file that /proc/locks calls file are not of
// the processes seen. If it cannot be read, one is.
func foreignLocks(file string, seen []process) (count int) {
	text, err := os.ReadFile("/proc/locks") //nolint:forbidigo // the kernel's
	if err != nil {
		return 1
	}
	openers := map[int]bool{}
	for i := range seen {
		if p := &seen[i]; p.fossil != closed && p.unlisted == "" {
			openers[p.pid] = true
			count -= p.ofd
		}
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line) // number, kind, ADVISORY, mode, pid, file; "->" before the kind of one that waits
		if len(fields) < 6 || fields[5] != file {
			continue
		}
		if fields[1] == "OFDLCK" || fields[1] == "POSIX" && !openers[number(fields[4])] {
			count++
		}
	}
	return max(0, count)
}
