package fossil

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/pmezard/go-difflib/difflib"

	"bones-tui/hub/fossil/internal/store"
)

// Diff returns the changes of a file between two check-ins, named as in
// Resolve, in unified form; "" if there are none. A side without the file
// counts as empty; if both lack it, the error matches ErrNotFound.
func (r *Repo) Diff(ctx context.Context, a, b, name string) (diff string, err error) {
	var before, after []byte
	err = r.read(ctx, "diff "+name, func(v store.View) error {
		var missing [2]error
		if before, missing[0] = fileAt(v, a, name); missing[0] != nil && !errors.Is(missing[0], errNoFile) {
			return missing[0]
		}
		if after, missing[1] = fileAt(v, b, name); missing[1] != nil && !errors.Is(missing[1], errNoFile) {
			return missing[1]
		}
		if missing[0] != nil && missing[1] != nil {
			return missing[0]
		}
		return nil
	})
	if err != nil || bytes.Equal(before, after) {
		return "", err
	}
	if isBinary(before) || isBinary(after) {
		return fmt.Sprintf("Binary file %s differs\n", name), nil
	}
	diff, err = difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A:        splitLines(before),
		B:        splitLines(after),
		FromFile: "a/" + name,
		ToFile:   "b/" + name,
		Context:  3,
	})
	if err != nil {
		return "", fmt.Errorf("fossil: diff %s: %w", name, err)
	}
	return diff, nil
}

// splitLines returns the lines with their ends. A last line without one is
// marked as in every unified diff.
func splitLines(text []byte) []string {
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, string(line))
	}
	if n := len(lines); n > 0 && !bytes.HasSuffix(text, []byte{'\n'}) {
		lines[n-1] += "\n\\ No newline at end of file\n"
	}
	return lines
}

// isBinary applies Fossil's own test: a NUL byte.
func isBinary(text []byte) bool { return bytes.IndexByte(text, 0) >= 0 }
