// Package filters keeps filters under names, in a file: a line each, name and filter with a tab
// between.
package filters

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir/durable"
)

const file = "filters"

var errNowhere = errors.New("filters: there is no directory to keep them in")

// Saved is a filter with a name.
type Saved struct{ Name, Filter string }

// Read returns what was kept below dir, by this program or another. Of two with the same name the
// later one counts. Without a directory there is nothing.
func Read(dir string) ([]Saved, error) {
	if dir == "" {
		return nil, nil
	}
	path := filepath.Join(dir, file)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("filters: read the kept filters: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	var out []Saved
	s := bufio.NewScanner(f)
	for s.Scan() {
		if name, filter, ok := strings.Cut(s.Text(), "\t"); ok {
			out = append(without(out, name), Saved{name, filter})
		}
	}
	if err := s.Err(); err != nil {
		return out, fmt.Errorf("filters: read the kept filters: %w", err)
	}
	return out, nil
}

func without(filters []Saved, name string) []Saved {
	out := filters[:0]
	for _, f := range filters {
		if f.Name != name {
			out = append(out, f)
		}
	}
	return out
}

// Keep appends a filter under a name.
func Keep(dir string, f Saved) error {
	if dir == "" {
		return errNowhere
	}
	return appendLine(filepath.Join(dir, file), f.Name+"\t"+f.Filter+"\n")
}

func appendLine(path, line string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close())
}

// Forget removes a kept filter.
func Forget(dir, name string) error {
	all, err := Read(dir)
	if err == nil && dir == "" {
		err = errNowhere
	}
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, f := range without(all, name) {
		b.WriteString(f.Name + "\t" + f.Filter + "\n")
	}
	return durable.WriteFile(filepath.Join(dir, file), []byte(b.String()), 0o600)
}
