package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/health"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/plural"
	"bones-tui/hub/internal/seed"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// urls looks at the recorded URLs, and without a hub at whether their ports are free.
func (c *checkup) urls(context.Context) {
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
func (c *checkup) nats(ctx context.Context) {
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
	st, answered, err := AskStatus(ctx, conn)
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
func (c *checkup) silentNext() string {
	if c.conn == nil {
		return "bones-tui hub restart --force"
	}
	return "bones-tui hub restart"
}

func (c *checkup) fossil(ctx context.Context) {
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

func (c *checkup) registry(context.Context) {
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

// verifyWithin returns the damage that is found within a time.
func verifyWithin(ctx context.Context, repo *fossil.Repo, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := repo.Verify(ctx); errors.Is(err, fossil.ErrCorrupt) {
		return err
	}
	return nil
}

// repository opens the file, looks over its structure, and reads what it can in a while.
func (c *checkup) repository(ctx context.Context) {
	repo, err := seed.Open(ctx, c.dir, c.dir.Fossil(), fossil.ReadOnly)
	c.repo = repo
	if errors.Is(err, os.ErrNotExist) {
		c.ok("there is none yet; the first start seeds one from git")
		return
	}
	switch {
	case err != nil:
	case c.damage != "":
		err = errors.New(c.damage)
	case !c.live: // a hub reads it itself
		err = verifyWithin(ctx, repo, lookWithin)
	}
	if err != nil {
		c.blind = true
		c.fail("bones-tui hub recover --stop; if no copy has it, bones-tui hub reseed: the old file is kept", "%v", err)
		return
	}
	st, err := seed.ReadHistory(ctx, repo, seed.LastApplied(c.dir))
	if err != nil {
		c.blind = true
		c.fail("bones-tui hub stop, then bones-tui hub reseed: the old file is kept", "cannot be read: %v", err)
		return
	}
	if tip := st.Tip; tip != nil && tip.Time.After(time.Now().Add(maxAhead)) {
		c.warn("fossil commit --allow-older, or fossil amend --date", "check-in %.10s is dated %s: fossil refuses to commit after it, and it stays the tip until then",
			tip.UUID, tip.Time.UTC().Format(time.DateOnly))
	}
	if n := st.Leaves; n != nil && *n > 1 {
		c.warn(fossilTool(), "trunk has %d leaves: agents have forked it", *n)
	}
	base, err := seed.Base(ctx, repo)
	if n := st.Unapplied; err == nil && n != nil && *n > 0 && c.gitAhead(base) {
		c.warn("bones apply", "git has moved on, but has not received %s; trunk stays as it is until it has", plural.Of(*n, "check-in"))
		return
	}
	unapplied := int64(0)
	if st.Unapplied != nil {
		unapplied = *st.Unapplied
	}
	c.ok("sound, %s, %d of them not applied to git", plural.Of(*st.CheckIns, "check-in"), unapplied)
}

// store compares the streams with what was last recorded of them. Without a hub
// only the record itself can be checked.
func (c *checkup) store(ctx context.Context) {
	all, _ := inside.ReadDir(c.dir.State, c.dir.State) // what is wrong with it has been told
	for _, e := range all {
		if strings.HasPrefix(e.Name(), filepath.Base(c.dir.Coord())+".bad-") {
			c.warn("", "a store that could not be opened is kept as %s", filepath.Join(c.dir.State, e.Name()))
		}
	}
	m, err := lastrun.Read(c.dir.CoordMarks())
	if err != nil {
		c.warn("", "%s cannot be read, so lost messages would go unnoticed: %v", filepath.Base(c.dir.CoordMarks()), err)
		return
	}
	if c.conn == nil {
		if _, err := os.Lstat(c.dir.Coord()); err != nil {
			c.ok("there is none yet")
			return
		}
		c.ok("%s on record; a running hub tells more", plural.Of(len(m.Streams), "stream"))
		return
	}
	if c.lost {
		c.ok("not asked, the hub has switched it off")
		return
	}
	js, err := jetstream.New(c.conn)
	if err != nil {
		c.fail("bones-tui hub restart", "%v", err)
		return
	}
	now, foreign, err := lastrun.AskStreams(ctx, js)
	if err != nil {
		c.fail("bones-tui hub restart", "JetStream does not answer: %v", err)
		return
	}
	m.Closed = false // a server has it open, and clients may remove messages
	lost := m.Damaged(now)
	for _, name := range lost {
		c.fail("bones-tui logs 'store damaged'", "%s", lastrun.Shrunk(name, m.Streams[name], now[name]))
	}
	if len(lost) == 0 {
		c.ok("%s, none went backwards", plural.Of(len(now), "stream"))
	}
	for _, name := range slices.Sorted(maps.Keys(foreign)) {
		word := bonesdir.ShellWord(name)
		c.warn("nats stream info "+word+"; nats stream rm "+word+" removes it with its messages",
			"stream %s %s, which no hub and no bones sets up: what it holds may be another's word", name, foreign[name])
	}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		odd, err := lastrun.OddSubjects(ctx, js, name)
		if err != nil {
			c.warn("", "stream %s: its subjects cannot be read: %v", name, err)
		}
		if len(odd) > 0 {
			c.warn("nats stream purge "+bonesdir.ShellWord(name)+" --subject, with the key that is named",
				"stream %s has %s that no client should have written, the first is %.80q: JetStream builds the stream's index anew at each start, and clients may lose their connection over it",
				name, plural.Of(len(odd), "key"), odd[0])
		}
	}
}

// maxAhead is how far ahead of ours the clock of whoever made a check-in may be.
const maxAhead = 24 * time.Hour
