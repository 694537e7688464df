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
	first, rest, nested := strings.Cut(name, "/")
	if nested && isStateDir(first) {
		return fmt.Errorf("%w: %q is inside a state directory", ErrName, name)
	}
	for ; ; first, rest, nested = strings.Cut(rest, "/") {
		if isReserved(first) {
			return fmt.Errorf("%w: %q holds a reserved name", ErrName, name)
		}
		if !nested {
			return nil
		}
	}
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

// isStateDir reports a directory at the top of a work tree that belongs to a
// tool. File systems that fold case make ".GIT" the same place.
func isStateDir(part string) bool {
	return strings.EqualFold(part, ".bones")
}

// isReserved reports a component that is some tool's own, at any depth.
func isReserved(part string) bool {
	lower := strings.ToLower(part)
	if lower == ".git" {
		return true
	}
	return isCheckoutFile(lower)
}

// isCheckoutFile reports the files where Fossil keeps a check-out's state.
func isCheckoutFile(lower string) bool {
	for _, base := range []string{".fslckout", "_fossil_", ".fos"} {
		if rest, ok := strings.CutPrefix(lower, base); ok {
			switch rest {
			case "", "-journal", "-wal", "-shm":
				return true
			}
		}
	}
	return false
}
