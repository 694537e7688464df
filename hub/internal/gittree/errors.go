package gittree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Why there is nothing to show.
var (
	ErrNoRepository = errors.New("not a git repository")
	ErrBare         = errors.New("a bare git repository, which has no work tree")
	ErrElsewhere    = errors.New("git's work tree is another directory")
	ErrNoCommit     = errors.New("the git repository has no commit")
	ErrStagedOnly   = errors.New("files are staged but nothing is committed")
	ErrDamaged      = errors.New("git cannot read the repository")
	ErrOwner        = errors.New("git does not trust the owner of the repository")
)

// ElsewhereError names the work tree that git's configuration speaks of. It matches
// ErrElsewhere.
type ElsewhereError struct{ Top string }

// Error names it.
func (e *ElsewhereError) Error() string {
	return fmt.Sprintf("%v (core.worktree): %s", ErrElsewhere, Quote(e.Top))
}

// Is reports that the error is an ErrElsewhere.
func (e *ElsewhereError) Is(target error) bool { return target == ErrElsewhere }

// explain says what the failure of a command means, as far as git's words are known. They
// stay in the error.
func (t *Tree) explain(ctx context.Context, err error) error {
	var failed *CommandError
	if ctx.Err() != nil || !errors.As(err, &failed) {
		return err
	}
	var exit *exec.ExitError
	switch words := failed.Words; {
	case errors.Is(err, exec.ErrNotFound) || !errors.As(err, &exit):
		return err
	case strings.Contains(words, "fatal: detected dubious ownership"):
		return join(ErrOwner, failed)
	case strings.HasPrefix(words, "fatal: not a git repository (or any") && !t.hasGit():
		return join(ErrNoRepository, failed)
	case strings.HasPrefix(words, "fatal: this operation must be run in a work tree"), strings.HasPrefix(words, "fatal: cannot use bare repository"):
		return join(ErrBare, failed)
	case strings.Contains(words, "fatal: ambiguous argument 'HEAD^{commit}'"), strings.Contains(words, "fatal: Needed a single revision"):
		return t.explainNoHead(ctx, failed)
	default:
		return join(ErrDamaged, failed)
	}
}

func join(what error, how *CommandError) error { return fmt.Errorf("%w: %w", what, how) }

// hasGit reports whether there is something that should have been git's directory.
func (t *Tree) hasGit() bool {
	_, err := os.Lstat(filepath.Join(t.Root, ".git"))
	return err == nil
}

// explainNoHead tells a repository without a commit from one whose commit cannot be read.
func (t *Tree) explainNoHead(ctx context.Context, cause *CommandError) error {
	if out, err := run(ctx, t.Root, "rev-parse", "--is-bare-repository"); err == nil && string(out) == "true\n" {
		return ErrBare
	}
	if _, err := run(ctx, t.Root, "rev-parse", "--verify", "HEAD"); err == nil {
		return join(ErrDamaged, cause)
	}
	if t.hasBranch(ctx) {
		return join(ErrDamaged, cause)
	}
	if staged, err := run(ctx, t.Root, "ls-files"); err == nil && len(staged) > 0 {
		return join(ErrStagedOnly, cause)
	}
	return join(ErrNoCommit, cause)
}

// hasBranch reports whether the branch that HEAD names is there, in a file of its own. Git
// does not tell one that it cannot read from one that is not born yet.
func (t *Tree) hasBranch(ctx context.Context) bool {
	head, err := os.ReadFile(t.gitPath(ctx, "HEAD"))
	branch, symbolic := strings.CutPrefix(strings.TrimSpace(string(head)), "ref: ")
	if err != nil || !symbolic {
		return false
	}
	_, err = os.Lstat(t.gitPath(ctx, branch))
	return err == nil
}

// gitPath is where git keeps a file of its own, "" if that cannot be told.
func (t *Tree) gitPath(ctx context.Context, name string) string {
	out, err := run(ctx, t.Root, "rev-parse", "--git-path", name)
	if err != nil {
		return ""
	}
	path, err := parsePath(string(out))
	if err != nil || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(t.Root, path)
}
