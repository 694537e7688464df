package checkup

import (
	"context"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
	"bones-tui/hub/internal/owner"
)

// Run examines the workspace at root and its hub, if one runs, from outside. It
// starts nothing, signals nobody, and neither changes nor creates a file; only SQLite
// registers its readers in the shared memory of a hub's repository. The findings come in a fixed order of checks; a check has at least one.
func Run(ctx context.Context, root string) []findings.Finding {
	c := &examination{dir: bonesdir.At(root)}
	defer c.close()
	c.whose = owner.Whose(c.dir)
	c.live = c.whose.Answer == owner.Held && c.whose.Role != owner.RoleKeeper
	for _, check := range []struct {
		name string
		do   func(context.Context)
	}{
		{"git", c.git},
		{"worktrees", c.worktrees},
		{"workspace", c.workspace},
		{"state", c.state},
		{"hub", c.hub},
		{"urls", c.urls},
		{"nats", c.nats},
		{"fossil", c.fossil},
		{"registry", c.registry},
		{"repository", c.repository},
		{"store", c.store},
		{"slots", c.slots},
		{"recovery", c.recovery},
		{"size", c.size},
		{"incidents", c.incidents},
		{"disk", c.disk},
	} {
		c.name = check.name
		check.do(ctx)
	}
	return c.found
}
