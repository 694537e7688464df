package fossil

import (
	"bytes"
	"context"
	"errors"
	"fmt"

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
	diff, _, err = unified(ctx, splitLines(before), splitLines(after), name, 0)
	if err != nil {
		return "", fmt.Errorf("fossil: diff %s: %w", name, err)
	}
	return diff, nil
}

// DiffLimits bound the work of Compare. Zero values do not.
type DiffLimits struct {
	Bytes int64 // of content, at either side
	Lines int   // of the result
}

// Comparison is a change of a file's content in unified form. Text is "" if there
// is none, and ends early if Cut is set.
type Comparison struct {
	Text   string
	Cut    bool
	Binary bool // Text does not show the change
}

// Compare returns how the content of a file changed from one artifact to another;
// "" names no content. Content beyond the limit is ErrTooLarge and is not read.
func (r *Repo) Compare(ctx context.Context, was, now, name string, l DiffLimits) (c Comparison, err error) {
	var text [2][]byte
	err = r.read(ctx, "diff "+name, func(v store.View) error {
		for i, uuid := range []string{was, now} {
			if uuid == "" {
				continue
			}
			if text[i], err = smallContent(v, uuid, l.Bytes); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err != nil || bytes.Equal(text[0], text[1]):
		return c, err
	case isBinary(text[0]) || isBinary(text[1]):
		return Comparison{Text: fmt.Sprintf("Binary file %s differs\n", name), Binary: true}, nil
	}
	if c.Text, c.Cut, err = unified(ctx, splitLines(text[0]), splitLines(text[1]), name, l.Lines); err != nil {
		return c, fmt.Errorf("fossil: diff %s: %w", name, err)
	}
	return c, nil
}

// smallContent returns content that must not be modified.
func smallContent(v store.View, uuid string, limit int64) ([]byte, error) {
	var rid, size int64
	found, err := v.Query("SELECT rid, size FROM blob WHERE uuid=?", uuid).Scan(&rid, &size)
	switch {
	case err != nil:
		return nil, err
	case !found || size < 0:
		return nil, ErrNotFound
	case limit > 0 && size > limit:
		return nil, fmt.Errorf("%d bytes: %w", size, ErrTooLarge)
	}
	return v.Content(rid)
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
