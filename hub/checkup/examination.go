package checkup

import (
	"fmt"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/gittree"
	"bones-tui/hub/internal/owner"
)

// examination is one examination under way.
type examination struct {
	dir    bonesdir.Dir
	whose  owner.Verdict
	live   bool   // a hub is proven to run
	damage string // of the repository, as the live hub says
	lost   bool   // and says that its storage is lost

	failures []hub.SyncFailures // as the hub tells them
	usage    *hub.DiskUsage     // as the hub has watched it; nil if none was asked
	tree     *gittree.Tree      // what git tracks; nil if it could not be read
	conn     *nats.Conn         // to the live hub; nil if there is none or it does not answer
	repo     *fossil.Repo       // the repository, read only; nil if it cannot be read
	blind    bool               // it is there, and cannot be read
	name     string             // of the check under way
	found    []findings.Finding
}

func (c *examination) close() {
	if c.conn != nil {
		c.conn.Close()
	}
	if c.repo != nil {
		_ = c.repo.Close() // it was only read
	}
}

func (c *examination) add(g findings.Grade, next, format string, args ...any) {
	c.found = append(c.found, findings.Finding{Check: c.name, Grade: g, Text: fmt.Sprintf(format, args...), Next: next})
}

func (c *examination) ok(format string, args ...any) { c.add(findings.GradeOK, "", format, args...) }

func (c *examination) warn(next, format string, args ...any) {
	c.add(findings.GradeWarn, next, format, args...)
}

func (c *examination) fail(next, format string, args ...any) {
	c.add(findings.GradeFail, next, format, args...)
}
