package bonesdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir/inside"
)

// Exposure is an entry of the state directory that is not as we would have made it.
type Exposure struct {
	Path    string
	Problem string // "is a symbolic link", "belongs to user 1001", "can be written by others", …
	Mend    string // the command that takes it back; "" if nothing simple does
	Refused bool   // nothing is opened as long as it is there; else it is only worth a look
}

// maxStoreFile bounds a file of JetStream's store, in bytes: its blocks have a few MiB, and
// a server reads each block whole when it starts.
const maxStoreFile = 256 << 20

// layout is what the entries of the state directory must be; those of others that begin
// with hub. or hub- are files.
var layout = map[string]inside.Kind{
	coordDir: inside.Directory, swarmDir: inside.Directory, recoveryDir: inside.Directory,
	markerFile: inside.File, nameFile: inside.File, lastAppliedFile: inside.File, coordMarksFile: inside.File,
	ignoreFile: inside.File, swarmEventsFile: inside.File,
}

// slotLayout is what the entries of a slot's directory must be.
var slotLayout = map[string]inside.Kind{
	SlotPID: inside.File, SlotLog: inside.File, SlotTree: inside.Directory,
	SlotClone: inside.File, SlotClone + "-wal": inside.File, SlotClone + "-shm": inside.File, SlotClone + "-journal": inside.File,
}

// Exposed lists the state directory, and what of its content we read or write, where it is
// not safely ours: links, pipes and the like, files in the place of directories, other
// users' files, what others can write to. Worktrees of slots are content, and not looked
// into. It reads only. An error is fs.ErrNotExist if there is no state directory.
func (d Dir) Exposed() ([]Exposure, error) {
	info, err := os.Lstat(d.State)
	if err != nil {
		return nil, fmt.Errorf("bonesdir: look at state directory: %w", err)
	}
	w := &watchman{}
	if !w.pass(d.State, info, inside.Directory, true) {
		return w.found, nil
	}
	for _, e := range w.list(d.State) {
		kind, known := kindOf(e.Name())
		path := filepath.Join(d.State, e.Name())
		if !w.passEntry(path, e, kind, known) {
			continue
		}
		switch e.Name() {
		case coordDir:
			w.store(path)
		case swarmDir:
			w.slots(path)
		case recoveryDir:
			w.recovery(path)
		}
	}
	return w.found, w.err
}

// kindOf returns what an entry of the state directory must be, if we act on it.
func kindOf(name string) (kind inside.Kind, known bool) {
	if kind, known = layout[name]; known {
		return kind, true
	}
	switch {
	case strings.HasPrefix(name, coordDir+".bad-"): // set aside by us
		return inside.Directory, true
	case strings.HasPrefix(name, "hub.") || strings.HasPrefix(name, "hub-"):
		return inside.File, true
	}
	return inside.Either, false
}

// Check returns what keeps the state directory from being used: the error of Verify, or the
// first of the Exposed that is refused, as an *ExposedError. None is there: nil.
func (d Dir) Check() error {
	found, err := d.Exposed()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var refused []Exposure
	for _, e := range found {
		if e.Refused {
			refused = append(refused, e)
		}
	}
	if len(refused) == 0 {
		return err
	}
	if refused[0].Path == d.State {
		return d.Verify()
	}
	return &ExposedError{Exposure: refused[0], More: len(refused) - 1}
}

// ExposedError says what in a state directory keeps it from being used. It matches
// ErrUntrusted.
type ExposedError struct {
	Exposure
	More int // how many others do too
}

// Error names the first, and the way out.
func (e *ExposedError) Error() string {
	text := e.Path + " " + e.Problem + ": nothing in the state directory is used"
	if e.Mend != "" {
		text += "; look at it, then `" + e.Mend + "`"
	}
	if e.More > 0 {
		text += fmt.Sprintf(" (and %d more; bones-tui doctor lists them)", e.More)
	}
	return text
}

// Is reports that the error is an ErrUntrusted.
func (e *ExposedError) Is(target error) bool { return target == ErrUntrusted }

// watchman goes round a state directory.
type watchman struct {
	found []Exposure
	err   error // the first, of what could not be listed
}

func (w *watchman) list(dir string) []fs.DirEntry {
	entries, err := os.ReadDir(dir) //nolint:forbidigo // it has been looked at
	if err != nil && !errors.Is(err, fs.ErrNotExist) && w.err == nil {
		w.err = fmt.Errorf("bonesdir: look at state directory: %w", err)
	}
	return entries
}

// passEntry is pass of an entry; one that has gone meanwhile does not pass.
func (w *watchman) passEntry(path string, e fs.DirEntry, want inside.Kind, used bool) bool {
	info, err := e.Info()
	return err == nil && w.pass(path, info, want, used)
}

// pass notes what is wrong, and reports whether the file may be used.
func (w *watchman) pass(path string, info fs.FileInfo, want inside.Kind, used bool) bool {
	if problem := inside.Judge(info, want); problem != "" {
		w.refuse(path, problem, info, used)
		return false
	}
	if _, modes := inside.Owner(info); modes && info.Mode().Perm()&othersWrite != 0 {
		w.found = append(w.found, Exposure{Path: path, Problem: "can be written by others", Mend: "chmod go-w " + ShellWord(path)})
	}
	return true
}

func (w *watchman) refuse(path, problem string, info fs.FileInfo, used bool) {
	e := Exposure{Path: path, Problem: problem, Refused: used}
	if !info.IsDir() && !info.Mode().IsRegular() {
		e.Mend = "rm " + ShellWord(path)
	}
	w.found = append(w.found, e)
}

// store goes through JetStream's store.
func (w *watchman) store(dir string) {
	for _, e := range w.list(dir) {
		path := filepath.Join(dir, e.Name())
		info, err := e.Info()
		switch {
		case err != nil || !w.pass(path, info, inside.Either, true):
		case info.IsDir():
			w.store(path)
		case info.Size() > maxStoreFile:
			w.refuse(path, fmt.Sprintf("is larger than the %d MiB that a file of the store may have", maxStoreFile>>20), info, true)
		}
	}
}

func (w *watchman) slots(dir string) {
	for _, slot := range w.list(dir) {
		path := filepath.Join(dir, slot.Name())
		if !w.passEntry(path, slot, inside.Either, true) || !slot.IsDir() {
			continue
		}
		for _, e := range w.list(path) {
			kind, known := slotLayout[e.Name()]
			if known && w.passEntry(filepath.Join(path, e.Name()), e, kind, true) && kind == inside.Directory {
				w.checkOut(filepath.Join(path, e.Name()))
			}
		}
	}
}

// checkOut looks at the databases of a slot's check-out, which SQLite opens by name.
func (w *watchman) checkOut(tree string) {
	for _, name := range checkOutFiles {
		for _, suffix := range databaseSuffixes {
			path := filepath.Join(tree, name+suffix)
			if info, err := os.Lstat(path); err == nil {
				w.pass(path, info, inside.File, true)
			}
		}
	}
}

// databaseSuffixes are those of the files that SQLite opens with a database.
var databaseSuffixes = []string{"", "-wal", "-shm", "-journal"}

// CheckSlot is CheckDatabase for the clone and the check-out in a slot's directory.
func CheckSlot(slotDir string) error {
	err := CheckDatabase(slotDir, filepath.Join(slotDir, SlotClone))
	for _, name := range checkOutFiles {
		err = errors.Join(err, CheckDatabase(slotDir, filepath.Join(slotDir, SlotTree, name)))
	}
	return err
}

// CheckDatabase looks at the files of the database at path, inside the directory dir,
// before SQLite opens them by name. A missing one is no error; errors match
// inside.ErrRefused.
func CheckDatabase(dir, path string) error {
	for _, suffix := range databaseSuffixes {
		if _, err := inside.Stat(dir, path+suffix, inside.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("bonesdir: look at database: %w", err)
		}
	}
	return nil
}

// checkOutFiles are the databases of a Fossil check-out.
var checkOutFiles = []string{".fslckout", "_FOSSIL_"}

func (w *watchman) recovery(dir string) {
	for _, e := range w.list(dir) {
		w.passEntry(filepath.Join(dir, e.Name()), e, inside.Either, true)
	}
}

// ShellWord makes a path or a name one word of a shell, if it needs that.
func ShellWord(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-+,:=@%", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// Private reports whether only we can look into the state directory.
func (d Dir) Private() bool {
	info, err := os.Lstat(d.State)
	if err != nil {
		return false
	}
	_, modes := inside.Owner(info)
	return !modes || info.Mode().Perm()&0o077 == 0
}

// Marked reports whether the bones CLI has made the root a workspace.
func (d Dir) Marked() bool { return isMarked(d.State) }
