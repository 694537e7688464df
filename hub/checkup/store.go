package checkup

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/internal/lastrun"
	"bones-tui/hub/internal/plural"
)

// store compares the streams with what was last recorded of them. Without a hub
// only the record itself can be checked.
func (c *examination) store(ctx context.Context) {
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
