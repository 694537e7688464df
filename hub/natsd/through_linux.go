package natsd

import (
	"fmt"
	"os"
)

// through returns a path that leads to the directory that f has open, wherever it is by
// now; "" if there is none, as without a /proc. It ends with f.
func through(f *os.File) string {
	path := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	held, err := f.Stat()
	if err != nil {
		return ""
	}
	if led, err := os.Stat(path); err != nil || !os.SameFile(held, led) { //nolint:forbidigo // compares what it leads to
		return ""
	}
	return path
}
