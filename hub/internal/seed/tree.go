package seed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/gittree"
)

// ReadTree reads what a workspace is seeded from. If git shows nothing, or what must not be
// there, the error is a *Error. It opens nothing in the state directory.
func ReadTree(ctx context.Context, d bonesdir.Dir) (*gittree.Tree, error) {
	tree, err := gittree.Read(ctx, d.Root, d.State, bonesdir.AtDefault(d.Root).State)
	if err != nil {
		return nil, explain(ctx, d.Root, err)
	}
	if len(tree.Files) == 0 && len(tree.Left) == 0 {
		return nil, &Error{Root: d.Root, Reason: "git tracks no file here", Next: firstCommit}
	}
	if len(tree.Files) == 0 {
		return nil, &Error{Root: d.Root, Reason: tree.Left[0].String(), Next: "see what `git status` says of them"}
	}
	return tree, nil
}

const firstCommit = "run `git add . && git commit -m init` first"

// explain adds the next step to what gittree.Read says.
func explain(ctx context.Context, root string, err error) error {
	if ctx.Err() != nil {
		return err
	}
	e := &Error{Root: root, Reason: err.Error(), Err: err}
	var state *gittree.StateError
	switch {
	case errors.As(err, &state):
		e.Err = errors.Join(ErrTrackedState, err)
		e.Next = fmt.Sprintf("if it came with the checkout, `git rm -r %[1]s` removes the files; if it is yours, committed by mistake, "+
			"look at it and move it away, then `git rm -r %[1]s`, move it back, and run `bones-tui hub start --trust-state`", state.Dir)
	case errors.Is(err, exec.ErrNotFound):
		e.Reason, e.Next = "git is not installed", "install git and put it on PATH"
	case errors.Is(err, gittree.ErrNoRepository):
		e.Reason, e.Next = "not a git repository", "run `git init`, then commit at least one file"
	case errors.Is(err, gittree.ErrNoCommit):
		e.Reason, e.Next = "the git repository has no commit", firstCommit
	case errors.Is(err, gittree.ErrStagedOnly):
		e.Reason, e.Next = "files are staged but nothing is committed", "run `git commit -m init` first"
	case errors.Is(err, gittree.ErrBare):
		e.Reason, e.Next = gittree.ErrBare.Error(), "go to a work tree of it; `git worktree add DIR` makes one"
	case errors.Is(err, gittree.ErrElsewhere):
		e.Next = "go there, or `git config --unset core.worktree`"
	case errors.Is(err, gittree.ErrOwner):
		e.Next = "if you trust whoever it belongs to, run what `git status` names there"
	default:
		e.Next = "see what `git status` says there"
	}
	return e
}

// NeedsGit reports whether a hub cannot come up with git unreadable: it has no repository,
// or shall make a fresh one.
func NeedsGit(d bonesdir.Dir, reseed bool) bool {
	_, err := os.Lstat(d.Fossil())
	return reseed || err != nil
}
