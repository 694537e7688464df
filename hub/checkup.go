package hub

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/proc"
)

// Grade is how serious a Finding is.
type Grade uint8

// The grades, the harmless one first.
const (
	GradeOK   Grade = iota
	GradeWarn       // worth a look; the hub works, or will
	GradeFail       // something is wrong: no hub can start, or the one there does not serve
)

// MarshalText returns the grade's word.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// String returns the grade in lower case.
func (g Grade) String() string {
	switch g {
	case GradeOK:
		return "ok"
	case GradeWarn:
		return "warn"
	case GradeFail:
		return "fail"
	default:
		return "unknown"
	}
}

// Finding is what one check of a workspace has found.
type Finding struct {
	Check string `json:"check"` // one word: git, state, pid, …
	Grade Grade  `json:"grade"`
	Text  string `json:"text"`           // what is the case
	Next  string `json:"next,omitempty"` // the command or the act that mends it; "" if nothing has to be
}

// Checkup examines the workspace at root and its hub, if one runs, from outside. It
// starts nothing, signals nobody, and neither changes nor creates a file; only SQLite
// registers its readers in the shared memory of a hub's repository. The findings come in a fixed order of checks; a check has at least one.
func Checkup(ctx context.Context, root string) []Finding {
	c := &checkup{dir: bonesdir.At(root)}
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

// checkup is one examination under way.
type checkup struct {
	dir    bonesdir.Dir
	whose  owner.Verdict
	live   bool   // a hub is proven to run
	damage string // of the repository, as the live hub says
	lost   bool   // and says that its storage is lost

	failures []SyncFailures // as the hub tells them
	usage    *DiskUsage     // as the hub has watched it; nil if none was asked
	tree     *gittree.Tree  // what git tracks; nil if it could not be read
	conn     *nats.Conn     // to the live hub; nil if there is none or it does not answer
	repo     *fossil.Repo   // the repository, read only; nil if it cannot be read
	blind    bool           // it is there, and cannot be read
	name     string         // of the check under way
	found    []Finding
}

func (c *checkup) close() {
	if c.conn != nil {
		c.conn.Close()
	}
	if c.repo != nil {
		_ = c.repo.Close() // it was only read
	}
}

func (c *checkup) add(g Grade, next, format string, args ...any) {
	c.found = append(c.found, Finding{Check: c.name, Grade: g, Text: fmt.Sprintf(format, args...), Next: next})
}

func (c *checkup) ok(format string, args ...any) { c.add(GradeOK, "", format, args...) }

func (c *checkup) warn(next, format string, args ...any) { c.add(GradeWarn, next, format, args...) }

func (c *checkup) fail(next, format string, args ...any) { c.add(GradeFail, next, format, args...) }

// git asks what a first start would be seeded from.
func (c *checkup) git(ctx context.Context) {
	tree, err := seed.ReadTree(ctx, c.dir)
	if err != nil {
		g, next, text := GradeFail, "", err.Error()
		var refusal *SeedError
		if errors.As(err, &refusal) {
			next, text = refusal.Next, refusal.Reason
		}
		if !errors.Is(err, ErrTrackedState) && !seed.NeedsGit(c.dir, false) {
			g, text = GradeWarn, text+"; the repository that exists is served as it is"
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

func (c *checkup) worktrees(context.Context) {
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

func (c *checkup) workspace(context.Context) {
	if c.dir.Marked() {
		c.ok("%s (%s)", c.dir.Root, c.dir.Name())
		return
	}
	c.ok("%s (%s), the top of a git work tree without .bones/agent.id", c.dir.Root, c.dir.Name())
}

// maxExposed is how many of the paths that no hub may use are named.
const maxExposed = 20

// state looks at who could have written what a hub reads and trusts.
func (c *checkup) state(context.Context) {
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
	if found, ok := FoundState(c.dir.Root); ok {
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

// hub says whose hub it is, and what is known of hubs before it.
func (c *checkup) hub(ctx context.Context) {
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
func (c *checkup) noHub(ctx context.Context) {
	if st, ok := Lost(ctx, c.dir.Root); ok {
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

// gitAhead reports whether git is at another commit than the repository's base.
func (c *checkup) gitAhead(base fossil.CheckIn) bool {
	return c.tree != nil && base.UUID != "" && !seed.IsBase(base, c.tree.Commit)
}

// fossilTool says how to look into a repository by hand, if that is possible here.
func fossilTool() string {
	if _, err := exec.LookPath("fossil"); err != nil {
		return ""
	}
	return "fossil timeline -R .bones/hub.fossil"
}
