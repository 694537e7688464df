package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"bones-tui/hub/fossil"
)

// gitTree is what git tracks in a workspace at one commit.
type gitTree struct {
	Commit  string // full hash of HEAD
	Short   string
	Files   []fossil.File
	Skipped []string // tracked, but not seedable: "name: reason"
}

// readGit lists the workspace's tracked files and its HEAD. A workspace without
// either yields a *SeedError. File contents are those of the working tree and
// are read later, through fossil.File.Open.
func readGit(ctx context.Context, root string) (gitTree, error) {
	var head, list []byte
	var headErr, listErr error
	var both sync.WaitGroup
	both.Go(func() { head, headErr = git(ctx, root, "log", "-1", "--format=%H %h") })
	both.Go(func() { list, listErr = git(ctx, root, "ls-files", "-z", "--stage") })
	both.Wait()
	if headErr != nil {
		return gitTree{}, explainNoHead(ctx, root, headErr)
	}
	if listErr != nil {
		return gitTree{}, fmt.Errorf("hub: list tracked files: %w", listErr)
	}
	var t gitTree
	t.Commit, t.Short, _ = strings.Cut(strings.TrimSpace(string(head)), " ")
	for _, record := range bytes.Split(bytes.TrimSuffix(list, []byte{0}), []byte{0}) {
		t.add(root, string(record))
	}
	if len(t.Files) == 0 {
		return gitTree{}, &SeedError{Root: root, Reason: "git tracks no file here", Next: "run `git add . && git commit -m init` first"}
	}
	return t, nil
}

// add takes one record of `git ls-files --stage -z`: "mode hash stage\tname".
func (t *gitTree) add(root, record string) {
	meta, name, ok := strings.Cut(record, "\t")
	if !ok {
		return
	}
	mode, _, _ := strings.Cut(meta, " ")
	path := filepath.Join(root, filepath.FromSlash(name))
	if n := len(t.Files); n > 0 && t.Files[n-1].Name == name {
		return // further stages of an unmerged path
	}
	f, reason := seedFile(mode, name, path)
	if reason != "" {
		t.Skipped = append(t.Skipped, name+": "+reason)
		return
	}
	t.Files = append(t.Files, f)
}

func seedFile(mode, name, path string) (f fossil.File, reason string) {
	if !utf8.ValidString(name) || strings.ContainsRune(name, '\\') {
		return f, "fossil cannot hold this name"
	}
	if mode == "160000" {
		return f, "submodule"
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return f, "deleted in the working tree"
	case err != nil:
		return f, err.Error()
	case info.Mode()&os.ModeSymlink != 0:
		target, err := os.Readlink(path)
		if err != nil {
			return f, err.Error()
		}
		return fossil.File{Name: name, Perm: fossil.Symlink, Content: []byte(target)}, ""
	case !info.Mode().IsRegular():
		return f, "not a regular file"
	}
	f = fossil.File{Name: name, Open: fileOpener(path)}
	if mode == "100755" || info.Mode()&0o100 != 0 {
		f.Perm = fossil.Exec
	}
	return f, ""
}

// explainNoHead finds out why HEAD cannot be read.
func explainNoHead(ctx context.Context, root string, cause error) error {
	if errors.Is(cause, exec.ErrNotFound) {
		return &SeedError{Root: root, Reason: "git is not installed", Next: "install git and put it on PATH", Err: cause}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, err := git(ctx, root, "rev-parse", "--git-dir"); err != nil {
		return &SeedError{Root: root, Reason: "not a git repository", Next: "run `git init`, then commit at least one file", Err: err}
	}
	if staged, err := git(ctx, root, "ls-files"); err == nil && len(staged) > 0 {
		return &SeedError{Root: root, Reason: "files are staged but nothing is committed", Next: "run `git commit -m init` first", Err: cause}
	}
	return &SeedError{Root: root, Reason: "the git repository has no commit", Next: "run `git add . && git commit -m init` first", Err: cause}
}

// git runs one git command in root. Variables that a git hook sets are removed:
// they would point git at another repository.
func git(ctx context.Context, root string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = root
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX":
		default:
			cmd.Env = append(cmd.Env, kv)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, firstLine(exit.Stderr))
	}
	return out, err
}

func firstLine(b []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return line
}
