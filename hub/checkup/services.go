package checkup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/health"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// urls looks at the recorded URLs, and without a hub at whether their ports are free.
func (c *examination) urls(context.Context) {
	for _, u := range []struct{ file, url string }{
		{c.dir.FossilURLFile(), c.dir.FossilURL()},
		{c.dir.NATSURLFile(), c.dir.NATSURL()},
	} {
		name := filepath.Base(u.file)
		_, err := os.Lstat(u.file)
		switch {
		case errors.Is(err, os.ErrNotExist) && c.live:
			c.fail("bones-tui hub restart", "%s is missing under a running hub", name)
		case errors.Is(err, os.ErrNotExist):
			c.ok("%s is not recorded yet", name)
		case u.url == "":
			c.fail("rm "+u.file, "%s holds no loopback URL and is never used", name)
		case c.whose.Answer == owner.Free && portTaken(u.url):
			c.warn("", "port %d of %s is taken by another program; the next start takes another one, and cached URLs break", bonesdir.RecordedPort(u.url), name)
		default:
			c.ok("%s", u.url)
		}
	}
}

// portTaken reports whether somebody listens where url says.
func portTaken(url string) bool {
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(bonesdir.RecordedPort(url)))
	conn, err := net.DialTimeout("tcp", addr, health.Within)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// nats connects to the live hub and asks who it is.
func (c *examination) nats(ctx context.Context) {
	url := c.dir.NATSURL()
	switch {
	case !c.live || url == "":
		c.ok("not asked, no hub runs")
		return
	case !c.whose.NATS:
		c.fail("bones-tui hub restart", "%s is not the hub's own port: it is just starting, or the record is another's; nobody was asked", url)
		return
	}
	conn, err := nats.Connect(url, nats.Name("bones-tui doctor"), nats.Timeout(time.Second), nats.NoReconnect())
	if err != nil {
		c.fail("bones-tui hub restart --force", "%s does not answer: %v", url, err)
		return
	}
	c.conn = conn
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	st, answered, err := hub.AskStatus(ctx, conn)
	if errors.Is(err, nats.ErrNoResponders) {
		c.ok("answers; the hub is not ours and does not tell about itself")
		return
	}
	if !answered {
		c.fail("bones-tui hub restart", "connects, but the hub does not answer: %v", err)
		return
	}
	if err == nil && st.PID == c.whose.PID {
		c.failures, c.usage = st.Fossil.Failures, st.Disk
		if st.Fossil.Up {
			c.damage = st.Fossil.Problem
		}
	}
	switch {
	case err != nil:
		c.fail("bones-tui hub restart", "the hub's answer makes no sense: %v", err)
	case st.PID != c.whose.PID:
		c.fail("bones-tui hub stop", "%s is answered by process %d, the hub should be %d", url, st.PID, c.whose.PID)
	case st.Unsaved != "":
		c.lost = true
		c.fail("mend that, then bones-tui hub restart", "%s; what its repository held could not be saved, and only process %d has it: %s", st.Lost, st.PID, st.Unsaved)
	case st.Lost != "":
		c.lost = true
		c.fail("bones-tui hub restart", "%s", st.Lost)
	case !st.NATS.Up:
		c.fail("bones-tui hub restart", "down: %s", st.NATS.Problem)
	case st.NATS.Server != nil && st.NATS.Server.SlowConsumers > 0:
		c.warn("", "cut off %s since the start", plural.Of(st.NATS.Server.SlowConsumers, "slow consumer"))
	default:
		c.ok("answers within %s", time.Since(begin).Round(100*time.Microsecond))
	}
	if st.Deaths > 0 {
		c.warn("bones-tui logs died", "the hub %s, the last time at %s", died(st.Deaths), st.DiedAt.UTC().Format(time.RFC3339))
	}
}

// died says how often a hub has died without having been asked to stop.
func died(n int) string {
	if n == 1 {
		return "died once and was started again"
	}
	return fmt.Sprintf("died %d times and was started again", n)
}

// silentNext replaces a hub whose Fossil server does not answer. One that answers over NATS
// hands over.
func (c *examination) silentNext() string {
	if c.conn == nil {
		return "bones-tui hub restart --force"
	}
	return "bones-tui hub restart"
}

func (c *examination) fossil(ctx context.Context) {
	url := c.dir.FossilURL()
	switch {
	case !c.live || url == "":
		c.ok("not asked, no hub runs")
		return
	case !c.whose.Serving:
		c.fail("bones-tui hub restart", "%s is not the hub's own port: it is just starting, or the record is another's; nobody was asked", url)
		return
	}
	var p health.Prober
	defer p.Close()
	took, err := p.Ask(ctx, url, health.Within)
	if err != nil {
		c.fail(c.silentNext(), "%s does not answer: %v", url, err)
		return
	}
	c.ok("answers within %s", took.Round(100*time.Microsecond))
	c.repeated()
}

func (c *examination) registry(context.Context) {
	home, err := os.UserHomeDir()
	if err != nil {
		c.warn("set HOME", "there is no home directory, so the hub is on no list")
		return
	}
	row, err := registry.Read(home, c.dir.Root)
	switch {
	case errors.Is(err, os.ErrNotExist) && c.live:
		c.warn("bones-tui hub restart", "the running hub is not on the list in %s", registry.Dir(home))
	case errors.Is(err, os.ErrNotExist):
		c.ok("not listed, as without a hub")
	case err != nil:
		c.warn("bones-tui hub restart", "%v", err)
	case c.live && row.HubPID != c.whose.PID:
		c.warn("bones-tui hub restart", "the list names process %d, the hub is %d", row.HubPID, c.whose.PID)
	case c.whose.Answer == owner.Free && row.HubPID != 0 && !proc.Alive(row.HubPID):
		c.warn("bones-tui hub start --detach", "the list names process %d, which has ended", row.HubPID)
	default:
		c.ok("listed")
	}
}
