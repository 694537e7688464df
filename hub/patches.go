package hub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
	"bones-tui/hub/internal/seed"
)

// Patch is a file for git: what one leaf of a repository has beyond what git has of it.
type Patch struct {
	Path     string  `json:"path"`      // "" if there is nothing to write: no file differs
	Leaf     CheckIn `json:"leaf"`      // a check-in that no other one goes on from
	CheckIns int     `json:"check_ins"` // that git has not received: the leaf and those before it
	Files    int     `json:"files"`     // that it changes
}

// WritePatches writes what the repository of the workspace at root has and git has not
// received to new files in dir, which is made if it is missing: one for each leaf with such
// check-ins, that of trunk first, then the newest. A patch begins at the newest check-in of
// the leaf's past that git has, so `git apply --3way` adds what is new and takes nothing
// back, and gives the leaf's tree where git is at that check-in. Nothing is overwritten;
// after an error no file is left. It only reads the repository, with or without a hub.
func WritePatches(ctx context.Context, root, dir string) (list []Patch, err error) {
	d := bonesdir.At(root)
	if err := d.Check(); err != nil {
		return nil, err
	}
	repo, err := seed.Open(ctx, d, d.Fossil(), fossil.ReadOnly, fossil.WithoutCheck())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("hub: write patches: %w", err), closeRepo(repo))
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	return writePatches(ctx, d, repo, dir)
}

// WriteRecoveryPatches does the same with a copy, found at path by Recover. No hub may run.
func WriteRecoveryPatches(ctx context.Context, root, path, dir string) (list []Patch, err error) {
	d := bonesdir.At(root)
	if err := mayRecover(d); err != nil {
		return nil, err
	}
	c, err := copyAt(d, path)
	if err != nil {
		return nil, err
	}
	repo, done, err := copies.Open(ctx, c, os.TempDir())
	if err != nil {
		return nil, fmt.Errorf("hub: write patches: %w", err)
	}
	defer func() { err = errors.Join(err, done()) }()
	return writePatches(ctx, d, repo, dir)
}

func writePatches(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo, dir string) (list []Patch, err error) {
	found, err := leavesBeyondGit(ctx, d, repo)
	if err == nil && len(found) > 0 {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("hub: write patches: %w", err)
	}
	defer func() {
		if err != nil {
			for _, p := range list {
				_ = os.Remove(p.Path) // the error that counts is the first one
			}
			list = nil
		}
	}()
	stem := fileWords(d.Name()) + "-" + time.Now().UTC().Format(archiveTime)
	for _, l := range found {
		p := Patch{Leaf: checkInOf(l.tip), CheckIns: l.checkIns}
		name := stem
		if len(found) > 1 {
			name += "-" + fileWords(l.tip.Branch) + "-" + l.tip.UUID[:8]
		}
		if p.Path, p.Files, err = writePatch(ctx, repo, dir, name, l); err != nil {
			return list, fmt.Errorf("hub: write patch of check-in %.10s: %w", l.tip.UUID, err)
		}
		list = append(list, p)
	}
	return list, nil
}

// writePatch writes one to a file that is not there yet, and leaves none without content.
func writePatch(ctx context.Context, repo *fossil.Repo, dir, name string, l leafBeyondGit) (path string, files int, err error) {
	f, err := createNew(dir, name)
	if err != nil {
		return "", 0, err
	}
	w := bufio.NewWriter(f)
	files, err = repo.WritePatch(ctx, w, l.base, l.tip.UUID)
	err = errors.Join(err, w.Flush(), f.Sync(), f.Close())
	if err != nil || files == 0 {
		return "", 0, errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), files, nil
}

// createNew makes dir/name.patch, or one with a number if that is there.
func createNew(dir, name string) (*os.File, error) {
	path := filepath.Join(dir, name+".patch")
	for n := 2; ; n++ {
		f, err := inside.OpenFile(dir, path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		path = filepath.Join(dir, fmt.Sprintf("%s-%d.patch", name, n))
	}
}

// fileWords is a name with nothing in it that a shell or a file system takes for more.
func fileWords(name string) string {
	const most = 40
	safe := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_':
			return c
		}
		return '-'
	}, name)
	safe = strings.Trim(safe, "-.")
	if safe == "" {
		return "work"
	}
	return safe[:min(len(safe), most)]
}
