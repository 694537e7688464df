package checkup

import (
	"context"

	"bones-tui/hub"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/proc"
)

// hub says whose hub it is, and what is known of hubs before it.
func (c *examination) hub(ctx context.Context) {
	v := c.whose
	since, _ := proc.StartTime(v.PID) // it may have ended just now
	switch {
	case v.Answer == owner.CannotTell:
		c.fail(v.Next, "cannot tell whose hub it is: %s", v.Asked)
	case v.Answer == owner.Free:
		c.noHub(ctx)
	case v.Role == owner.RoleKeeper:
		c.fail("bones-tui logs level>=error, then bones-tui hub stop to give it up", "the hub died, and its keeper, process %d, starts it again", v.PID)
	case v.Role == owner.RoleHub:
		c.ok("a hub runs, pid %d, since %s", v.PID, since.UTC().Format("2006-01-02T15:04:05Z"))
	default:
		c.warn("", "a %v runs, pid %d: nothing starts it again when it dies, and it cannot hand over", v.Role, v.PID)
	}
	if v.Stale != "" && v.Answer == owner.Held {
		c.warn("", "%s", v.Stale)
	}
}

// noHub says what a hub has left that does not run here.
func (c *examination) noHub(ctx context.Context) {
	if st, ok := hub.Lost(ctx, c.dir.Root); ok {
		if st.Unsaved != "" {
			c.fail("mend that, then bones-tui hub restart", "process %d is the only one that has what the repository held: %s", st.PID, st.Unsaved)
			return
		}
		c.fail("bones-tui hub stop", "process %d was the hub here and runs on without its directory: %s; it accepts nothing", st.PID, st.Lost)
		return
	}
	if c.whose.Stale != "" {
		c.warn("bones-tui hub start --detach", "%s", c.whose.Stale)
		return
	}
	c.ok("no hub runs")
}
