package copies

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/uuid"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Source is a repository that can be copied.
type Source interface {
	ProjectCode() string
	CopyTo(ctx context.Context, path string) (fossil.Mark, error)
	CopyNews(ctx context.Context, path string, since fossil.Mark) (fossil.Mark, error)
}

// MaxRuns bounds how many runs may have left copies. Beyond it no other one is begun: none
// is removed that may be the only one.
const MaxRuns = 32

// Errors of taking a copy.
var (
	ErrTooMany = errors.New("copies: too many are kept already")
	ErrNoRoom  = errors.New("copies: not enough room on the disk")
)

// Taker takes the copies of one run. It is not safe for concurrent use.
type Taker struct {
	dir  bonesdir.Dir
	home string // recovery/<run id>
	path string // of the copy that is kept up to date, "" before the first
	mark fossil.Mark
	last map[string]string // slot -> what this run has saved of it
}

// NewTaker returns one for a run. It makes nothing before there is something to keep.
func NewTaker(d bonesdir.Dir, runID string) *Taker {
	return &Taker{dir: d, home: filepath.Join(d.Recovery(), runID), last: map[string]string{}}
}

// Home is the directory of the copy that is kept up to date, "" before the first.
func (t *Taker) Home() string {
	if t.path == "" {
		return ""
	}
	return filepath.Dir(t.path)
}

// Take has the copy hold everything that src does. After an error the last state is still
// there, if there was one.
func (t *Taker) Take(ctx context.Context, src Source) error {
	if t.path == "" {
		t.adopt(ctx, src)
	}
	if t.path != "" {
		mark, err := t.news(ctx, src, t.path, t.mark)
		if err == nil {
			t.mark = mark
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("copies: bring up to date: %w", err)
		}
		t.path = "" // it is damaged or gone, and stays as it is
	}
	return t.begin(ctx, src)
}

func (t *Taker) news(ctx context.Context, src Source, path string, since fossil.Mark) (fossil.Mark, error) {
	if err := bonesdir.CheckDatabase(t.dir.State, path); err != nil {
		return since, err
	}
	return src.CopyNews(ctx, path, since)
}

// adopt goes on with a copy of an earlier run, if one can be used.
func (t *Taker) adopt(ctx context.Context, src Source) {
	homes, _ := runs(t.dir) // then another one is begun
	for _, home := range homes {
		path := filepath.Join(home, fileName(src))
		if _, err := inside.Stat(t.dir.State, path, inside.File); err != nil {
			continue
		}
		if mark, err := t.news(ctx, src, path, fossil.Mark{}); err == nil {
			t.path, t.mark = path, mark
			return
		}
	}
}

// begin makes a whole copy, which has its name only once it is complete.
func (t *Taker) begin(ctx context.Context, src Source) error {
	if err := t.makeHome(); err != nil {
		return err
	}
	if err := t.room(); err != nil {
		return err
	}
	path, err := freeName(t.home, fileName(src))
	if err != nil {
		return fmt.Errorf("copies: begin: %w", err)
	}
	fresh := path + freshSuffix
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copies: begin: %w", err)
	}
	mark, err := src.CopyTo(ctx, fresh)
	if err == nil {
		err = errors.Join(os.Rename(fresh, path), syncDir(t.dir.State, t.home))
	}
	if err != nil {
		return fmt.Errorf("copies: begin: %w", err)
	}
	t.path, t.mark = path, mark
	return nil
}

// freshSuffix is how a file is called that is not complete.
const freshSuffix = ".new"

// fileName is what the copy of a repository is called.
func fileName(src interface{ ProjectCode() string }) string {
	return "hub-" + src.ProjectCode()[:projectDigits] + ".fossil"
}

// projectDigits tell the projects of one workspace apart.
const projectDigits = 12

// freeName is a name in dir that nothing has: what is there is left alone.
func freeName(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	for n := 2; ; n++ {
		_, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		path = filepath.Join(dir, fmt.Sprintf("%d-%s", n, name))
	}
}

// makeHome makes the run's directory, unless there are too many.
func (t *Taker) makeHome() error {
	if _, err := inside.Stat(t.dir.State, t.home, inside.Directory); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	homes, err := runs(t.dir)
	if err != nil {
		return err
	}
	if len(homes) >= MaxRuns {
		return fmt.Errorf("%w: %d in %s", ErrTooMany, len(homes), t.dir.Recovery())
	}
	if err := os.MkdirAll(t.home, 0o700); err != nil {
		return fmt.Errorf("copies: make directory: %w", err)
	}
	return errors.Join(syncDir(t.dir.State, t.dir.State), syncDir(t.dir.State, t.dir.Recovery()))
}

// room refuses what would leave less room on the disk than the copy takes.
func (t *Taker) room() error {
	size := int64(0)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Lstat(t.dir.Fossil() + suffix); err == nil {
			size += info.Size()
		}
	}
	if free, known := freeSpace(t.home); known && free < 2*size {
		return fmt.Errorf("%w: a copy takes %d MiB, %d are free", ErrNoRoom, size>>20, free>>20)
	}
	return nil
}

// runs lists the directories of runs.
func runs(d bonesdir.Dir) (homes []string, err error) {
	entries, err := inside.ReadDir(d.State, d.Recovery())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if e.IsDir() && IsRun(e.Name()) {
			homes = append(homes, filepath.Join(d.Recovery(), e.Name()))
		}
	}
	return homes, err
}

// IsRun reports whether an entry of the recovery directory is that of a run.
func IsRun(name string) bool {
	_, err := uuid.Parse(name)
	return err == nil && len(name) == len(uuid.Nil.String())
}

// syncDir makes names in a directory last through a loss of power. Windows has no such call.
func syncDir(state, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := inside.OpenDir(state, dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
