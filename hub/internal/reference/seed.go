//go:build unix

package reference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

// ErrNothingToSeed is matched by the error of a start in a directory of which git
// tracks no file.
var ErrNothingToSeed = errors.New("reference: git tracks no file here")

// author is the login that the reference gives to its own check-ins.
const author = "orchestrator"

// checkSeedable is asked only if there is no repository; one that is there is wiped
// even if nothing can take its place.
func checkSeedable(ctx context.Context, d bonesdir.Dir) error {
	if _, err := os.Stat(d.Fossil()); err == nil {
		return nil
	}
	names, err := tracked(ctx, d.Root)
	if err == nil && len(names) == 0 {
		err = ErrNothingToSeed
	}
	return err
}

// tracked lists names as git prints them: quoted ones name no file, and so are left
// out of the seed later.
func tracked(ctx context.Context, root string) ([]string, error) {
	out, err := git(ctx, root, "ls-files")
	if out == "" {
		return nil, err
	}
	return slices.Collect(strings.SplitSeq(strings.TrimSuffix(out, "\n"), "\n")), err
}

func git(ctx context.Context, root string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("reference: git %s: %w", args[0], err)
	}
	return string(out), nil
}

// createRepository makes an empty repository of a new project.
func createRepository(ctx context.Context, d bonesdir.Dir) (*fossil.Repo, error) {
	repo, err := fossil.Create(ctx, d.Fossil(), fossil.CreateOptions{ProjectName: filepath.Base(d.Root), User: author, RelaxedSync: true})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(d.Fossil(), 0o644); err != nil {
		return nil, errors.Join(err, repo.Close())
	}
	return repo, nil
}

// seed checks in what git tracks.
func seed(ctx context.Context, d bonesdir.Dir, repo *fossil.Repo) error {
	head, err := git(ctx, d.Root, "rev-parse", "--short", "HEAD")
	if err != nil {
		return err
	}
	names, err := tracked(ctx, d.Root)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return ErrNothingToSeed
	}
	c := fossil.Commit{Branch: fossil.Trunk, User: author, Comment: "session base: " + strings.TrimSpace(head), AllowEmpty: true}
	for _, name := range names {
		if f, ok := seedFile(d.Root, name); ok {
			c.Files = append(c.Files, f)
		}
	}
	_, err = repo.Commit(ctx, c)
	return err
}

// seedFile takes regular files; links and what is missing are left out.
func seedFile(root, name string) (fossil.File, bool) {
	path := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || fossil.CheckName(name) != nil {
		return fossil.File{}, false
	}
	f := fossil.File{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
	if info.Mode()&fs.FileMode(0o100) != 0 {
		f.Perm = fossil.Exec
	}
	return f, true
}
