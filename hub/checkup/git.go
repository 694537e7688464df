package checkup

import (
	"context"
	"errors"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
)

// git asks what a first start would be seeded from.
func (c *examination) git(ctx context.Context) {
	tree, err := seed.ReadTree(ctx, c.dir)
	if err != nil {
		g, next, text := findings.GradeFail, "", err.Error()
		var refusal *hub.SeedError
		if errors.As(err, &refusal) {
			next, text = refusal.Next, refusal.Reason
		}
		if !errors.Is(err, hub.ErrTrackedState) && !seed.NeedsGit(c.dir, false) {
			g, text = findings.GradeWarn, text+"; the repository that exists is served as it is"
		}
		c.add(g, next, "%s", text)
		return
	}
	c.tree = tree
	c.ok("%s at %s", plural.Of(len(tree.Files), "tracked file"), tree.Short)
	for _, left := range tree.Left {
		c.warn("", "%v", left)
	}
	if p := tree.Pending(); p != "" {
		c.warn("", "%s", p)
	}
}

func (c *examination) worktrees(context.Context) {
	left, err := bonesdir.LegacyWorktrees(c.dir.Root)
	if err != nil {
		c.fail("", "hub: look for legacy worktrees: %v", err)
		return
	}
	if len(left) > 0 {
		c.fail("bones cleanup --all-worktrees", "%s below .claude/worktrees: no hub starts over them", plural.Of(len(left), "legacy worktree"))
		return
	}
	c.ok("no legacy worktrees")
}

// gitAhead reports whether git is at another commit than the repository's base.
func (c *examination) gitAhead(base fossil.CheckIn) bool {
	return c.tree != nil && base.UUID != "" && !seed.IsBase(base, c.tree.Commit)
}
