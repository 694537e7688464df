package hub

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/internal/family"
)

// maxWords is how much of a dead child's words an error carries, bytes: half from the
// beginning, where Go says why it dies, and half from the end.
const maxWords = 2048

// died makes an error of how the child ended and of what it said.
func (c *child) died(how error) error {
	path := c.dir.StderrLog()
	words, whole := wordsIn(path)
	if reason := reasonIn(words); reason != "" {
		how = fmt.Errorf("%w: %s", how, reason)
	}
	if !whole {
		how = fmt.Errorf("%w; see %s", how, path)
	}
	return &StartError{Step: "detached process", Log: words, Err: how}
}

// wordsIn reads a file of words, and reports whether that is all of it.
func wordsIn(path string) (words string, whole bool) {
	f, err := inside.Open(filepath.Dir(path), path)
	if err != nil {
		return "", true
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", true
	}
	part := func(from, n int64) string {
		b, _ := io.ReadAll(io.NewSectionReader(f, from, n))
		return string(b)
	}
	if info.Size() <= maxWords {
		return strings.TrimSpace(part(0, maxWords)), true
	}
	const half = maxWords / 2
	head, tail := part(0, half), part(info.Size()-half, half)
	if i := strings.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	if _, rest, ok := strings.Cut(tail, "\n"); ok {
		tail = rest
	}
	return strings.TrimSpace(head + "\n…\n" + tail), false
}

// reasonIn is the line that tells why: that of a dying Go program, else the first.
func reasonIn(words string) string {
	for line := range strings.Lines(words) {
		if strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "panic: ") {
			return strings.TrimSpace(line)
		}
	}
	first, _, _ := strings.Cut(words, "\n")
	return strings.TrimSpace(strings.TrimPrefix(first, "hub: start: "))
}

// child is the process of a detached hub that is coming up.
type child struct {
	dir     bonesdir.Dir
	process *family.Process
}

// openStderrLog opens the file for what a detached hub prints, which is normally
// nothing. The last words of an earlier one are kept beside it. A link is refused: the
// checkout that brought it must not choose what is written to.
func openStderrLog(path string) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() > 0 {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("hub: detach: %w", err)
		}
	}
	f, err := inside.OpenAppend(filepath.Dir(path), path, 0o600)
	if err != nil {
		return nil, fmt.Errorf("hub: detach: %w", err)
	}
	return f, nil
}
