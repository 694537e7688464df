package checkup

import (
	"context"
	"errors"
	"os"

	"bones-tui/hub"
	"bones-tui/hub/internal/plural"
)

func (c *examination) workspace(context.Context) {
	if c.dir.Marked() {
		c.ok("%s (%s)", c.dir.Root, c.dir.Name())
		return
	}
	c.ok("%s (%s), the top of a git work tree without .bones/agent.id", c.dir.Root, c.dir.Name())
}

// maxExposed is how many of the paths that no hub may use are named.
const maxExposed = 20

// state looks at who could have written what a hub reads and trusts.
func (c *examination) state(context.Context) {
	err := c.dir.Verify()
	if errors.Is(err, os.ErrNotExist) {
		c.ok("%s does not exist yet; the first start makes it", c.dir.State)
		return
	}
	if err != nil {
		c.fail("make it a directory of your own", "%v", err)
		return
	}
	exposed, err := c.dir.Exposed()
	if err != nil {
		c.fail("", "%v", err)
		return
	}
	for _, e := range exposed[:min(len(exposed), maxExposed)] {
		c.fail(e.Mend, "%s %s", e.Path, e.Problem)
	}
	if more := len(exposed) - maxExposed; more > 0 {
		c.fail("", "and %s more in %s that no hub may use", plural.Of(int64(more), "path"), c.dir.State)
	}
	if found, ok := hub.FoundState(c.dir.Root); ok {
		c.fail("look at it, then bones-tui hub start --trust-state, or remove it", "%s holds %s that no hub of yours has made", found.Dir, found)
		return
	}
	if len(exposed) > 0 {
		return
	}
	if !c.dir.Private() {
		c.warn("chmod 700 "+c.dir.State, "others can read %s", c.dir.State)
		return
	}
	c.ok("%s is private and ours", c.dir.State)
}
