package registry

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// fileName matches a row's file. An older form has the hub's pid in its name,
// and so several files for one workspace.
var fileName = regexp.MustCompile(`^([0-9a-f]{16})(-[0-9]+)?\.json$`)

// file is a row with the file that it came from.
type file struct {
	path string
	id   string
	row  Row
}

func (f file) canonical(dir string) string { return filepath.Join(dir, f.id+rowExt) }

// List returns the rows that hold, sorted by root, and tidies up: rows of roots
// that are gone and of hubs that are not alive are removed, files with names of
// the older form are folded into one. Files that hold no row are left alone.
// alive tells whether a pid is alive.
func List(home string, alive func(pid int) bool) ([]Row, error) {
	dir := Dir(home)
	files, err := scan(dir)
	if err != nil {
		return nil, err
	}
	kept, errs := survivors(files, alive), []error(nil)
	for _, f := range files {
		errs = append(errs, tidy(dir, f, kept))
	}
	return rows(kept), errors.Join(errs...)
}

// Snapshot returns what List does, and changes nothing.
func Snapshot(home string, alive func(pid int) bool) ([]Row, error) {
	files, err := scan(Dir(home))
	if err != nil {
		return nil, err
	}
	return rows(survivors(files, alive)), nil
}

// All returns a row for each workspace on the list, whether it holds or not, and
// changes nothing. Of several files for one workspace it believes the one that List
// would.
func All(home string, alive func(pid int) bool) ([]Row, error) {
	files, err := scan(Dir(home))
	if err != nil {
		return nil, err
	}
	return rows(believed(files, alive)), nil
}

// scan reads every row of the directory. A missing directory has none.
func scan(dir string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("registry: list: %w", err)
	}
	var files []file
	for _, e := range entries {
		parts := fileName.FindStringSubmatch(e.Name())
		if parts == nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if row, err := readRow(path); err == nil {
			files = append(files, file{path: path, id: parts[1], row: row})
		}
	}
	return files, nil
}

// believed returns, for each workspace, the file to believe: one whose hub is
// alive before one whose is not, then the newest.
func believed(files []file, alive func(pid int) bool) map[string]file {
	best := map[string]file{}
	for _, f := range files {
		if old, ok := best[f.id]; !ok || better(f.row, old.row, alive) {
			best[f.id] = f
		}
	}
	return best
}

// survivors are the believed files without those that do not hold.
func survivors(files []file, alive func(pid int) bool) map[string]file {
	best := believed(files, alive)
	for id, f := range best {
		if !holds(f.row, alive) {
			delete(best, id)
		}
	}
	return best
}

func better(a, b Row, alive func(pid int) bool) bool {
	lives := func(r Row) bool { return r.HubPID > 0 && alive(r.HubPID) }
	if la, lb := lives(a), lives(b); la != lb {
		return la
	}
	return a.StartedAt.After(b.StartedAt)
}

// holds reports whether a row still says something: its root is there, and its
// hub, if it names one, is alive.
func holds(r Row, alive func(pid int) bool) bool {
	if _, err := os.Stat(r.CWD); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return r.HubPID == 0 || alive(r.HubPID)
}

// tidy brings one file in line with what was kept.
func tidy(dir string, f file, kept map[string]file) error {
	best, ok := kept[f.id]
	canonical := f.canonical(dir)
	switch {
	case ok && best.path == f.path && f.path == canonical:
		return nil
	case ok && best.path == f.path:
		if err := writeRow(canonical, f.row); err != nil {
			return err
		}
	case ok && f.path == canonical:
		return nil // the better one is written over it
	}
	return f.remove()
}

// remove deletes the file, unless somebody has written it anew since it was read.
func (f file) remove() error {
	if now, err := readRow(f.path); err != nil || now != f.row {
		return nil //nolint:nilerr // gone, or not the row that was judged
	}
	return removeRow(f.path)
}

func rows(kept map[string]file) []Row {
	list := make([]Row, 0, len(kept))
	for _, f := range kept {
		list = append(list, f.row)
	}
	slices.SortFunc(list, func(a, b Row) int { return cmp.Or(strings.Compare(a.CWD, b.CWD), a.HubPID-b.HubPID) })
	return list
}
