package artifact

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrName is matched by the errors of ValidName.
var ErrName = errors.New("artifact: unusable file name")

// maxNameLen bounds a path; longer ones cannot be created on the systems we
// run on.
const maxNameLen = 4000

// ValidName returns nil if name may be committed by us or written below a
// check-out directory: relative, "/" separated, UTF-8 without control bytes,
// and outside every place where a version control system keeps its own state.
// Errors match ErrName. It is stricter than Parse, which accepts the names
// Fossil accepts.
func ValidName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: empty", ErrName)
	case len(name) > maxNameLen:
		return fmt.Errorf("%w: %d bytes long", ErrName, len(name))
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: %q is not UTF-8", ErrName, name)
	case strings.IndexFunc(name, isForbidden) >= 0:
		return fmt.Errorf("%w: %q has a control byte or backslash", ErrName, name)
	case !isSimplePath(name):
		return fmt.Errorf("%w: %q is not a plain relative path", ErrName, name)
	}
	top, _, _ := strings.Cut(name, "/")
	if strings.EqualFold(top, ".bones") {
		return fmt.Errorf("%w: %q is where the hub keeps its state", ErrName, name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") {
			return fmt.Errorf("%w: %q is where git keeps its state", ErrName, name)
		}
	}
	if isReserved(name) {
		return fmt.Errorf("%w: %q is where Fossil keeps its state", ErrName, name)
	}
	return nil
}

// isForbidden reports C0, DEL, C1 and the backslash.
func isForbidden(r rune) bool {
	return r < 0x20 || r == '\\' || (r >= 0x7f && r < 0xa0)
}

// isSimplePath applies Fossil's own rule: relative, no empty, "." or ".."
// component, no trailing slash.
func isSimplePath(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// isReserved reports the files where Fossil keeps the state of a check-out, in
// any directory and any case, and their SQLite side files.
func isReserved(name string) bool {
	base := strings.ToLower(name[strings.LastIndexByte(name, '/')+1:])
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		base = strings.TrimSuffix(base, suffix)
	}
	return base == ".fslckout" || base == "_fossil_"
}
