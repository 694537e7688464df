// Package loggen makes logs to test and measure with: the same bytes for the
// same seed on every machine, in the proportions of a busy hub.
//
// Of the entries 80 % are rpc, 10 % hook, 8 % lifecycle and 2 % error; 10 % are
// DEBUG, 3 % WARN and 1 % ERROR. One record in 2,000 is a panic with its stack
// trace. One time stamp in a thousand steps back a second or two, as writers
// side by side make them do.
package loggen

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/hub/hublog"
)

// Generator makes the records of one log, one after the other.
type Generator struct {
	random   uint64
	now      time.Time
	manifest Manifest
}

// Manifest counts what a generator has made.
type Manifest struct {
	Lines    int64            `json:"lines"`
	Rows     int64            `json:"rows"` // a panic is one row of many lines
	Entries  int64            `json:"entries"`
	Panics   int64            `json:"panics"`
	Bytes    int64            `json:"bytes"`
	Levels   [4]int64         `json:"levels"` // of the entries
	Events   map[string]int64 `json:"events"`
	Held     int64            `json:"held"` // entries that say HeldText
	Slow     int64            `json:"slow"` // claims and closes of a second or more
	First    time.Time        `json:"first"`
	Last     time.Time        `json:"last"`
	Checksum string           `json:"sha256,omitempty"`
}

// HeldText is a sentence in the message of about one entry in a hundred.
const HeldText = "already held by another agent"

// New returns a generator.
func New(seed uint64) *Generator {
	return &Generator{
		random:   seed,
		now:      time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC),
		manifest: Manifest{Events: map[string]int64{}},
	}
}

// Manifest returns the counts so far.
func (g *Generator) Manifest() Manifest { return g.manifest }

// next is SplitMix64.
func (g *Generator) next() uint64 {
	g.random += 0x9e3779b97f4a7c15
	z := g.random
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (g *Generator) below(n int) int { return int(g.next() % uint64(n)) }

func (g *Generator) chance(perMille int) bool { return g.below(1000) < perMille }

// Append adds one record to dst: the line of an entry, or a panic.
func (g *Generator) Append(dst []byte) []byte {
	before := len(dst)
	if g.below(2000) == 0 {
		dst = g.panic(dst)
	} else {
		dst = g.entry(dst)
	}
	g.manifest.Rows++
	g.manifest.Bytes += int64(len(dst) - before)
	return dst
}

func (g *Generator) entry(dst []byte) []byte {
	g.now = g.now.Add(time.Duration(g.below(5)/2) * time.Second)
	at := g.now
	if g.chance(1) {
		at = at.Add(-time.Duration(1+g.below(2)) * time.Second)
	}
	e := hublog.Entry{Ts: hublog.LoggedTime{Time: at}, Level: g.level()}
	switch n := g.below(100); {
	case n < 80:
		g.rpc(&e)
	case n < 90:
		g.hook(&e)
	case n < 98:
		e.Event, e.Msg = hublog.EventLifecycle, g.message()
	default:
		e.Event, e.Err = hublog.EventError, g.failure()
		e.Msg = "hub: " + pick(g, "watcher", "projector", "registry", "recovery") + " gave up"
	}
	g.count(&e, at)
	return e.Append(dst)
}

func (g *Generator) count(e *hublog.Entry, at time.Time) {
	m := &g.manifest
	m.Lines++
	m.Entries++
	m.Levels[e.Level]++
	m.Events[e.Event]++
	if strings.Contains(e.Err+e.Msg, HeldText) {
		m.Held++
	}
	if (e.RPC == "tasks.claim" || e.RPC == "tasks.close") && e.TookMs >= 1000 {
		m.Slow++
	}
	if m.First.IsZero() {
		m.First = at
	}
	m.Last = at
}

func (g *Generator) level() hublog.Level {
	switch n := g.below(100); {
	case n < 1:
		return hublog.LevelError
	case n < 4:
		return hublog.LevelWarn
	case n < 14:
		return hublog.LevelDebug
	default:
		return hublog.LevelInfo
	}
}

func (g *Generator) rpc(e *hublog.Entry) {
	e.Event = hublog.EventRPC
	e.RPC = pick(g, "tasks.claim", "tasks.update", "tasks.update", "tasks.close", "tasks.create", "tasks.unclaim", "tasks.link", "tasks.list")
	e.Agent = g.agent()
	e.Task = g.id()
	if g.chance(800) {
		e.TookMs = int64(1 + g.below(40))
		if g.chance(20) {
			e.TookMs = int64(1000 + g.below(4000))
		}
	}
	if e.RPC == "tasks.list" {
		e.ResultCount = 1 + g.below(200)
	}
	if g.chance(20) {
		e.Err = g.failure()
	}
}

func (g *Generator) hook(e *hublog.Entry) {
	e.Event = hublog.EventHook
	e.Session = "s-" + g.id()[:8]
	e.Hook = pick(g, "SessionStart", "PreToolUse", "PostToolUse", "Stop")
	e.Matcher = pick(g, "startup", "resume", "Bash", "Edit|Write")
	e.TookMs = int64(1 + g.below(300))
	e.Msg = fmt.Sprintf("primed %d of %d", g.below(20), 20+g.below(20))
}

func (g *Generator) agent() string {
	if g.chance(300) {
		return "system"
	}
	return "slot-" + g.slot()
}

func (g *Generator) slot() string {
	return pick(g, "api", "auth", "billing", "frontend", "docs", "search", "mailer", "render", "export", "import", "cache", "queue")
}

func (g *Generator) failure() string {
	switch g.below(4) {
	case 0:
		return fmt.Sprintf("cas conflict: rev %d, want %d", g.below(500), g.below(500))
	case 1:
		return "task " + g.id()[:8] + " is " + HeldText
	case 2:
		return `open <internal/hub>: "permission" & more`
	default:
		return "context deadline exceeded"
	}
}

func (g *Generator) message() string {
	switch g.below(8) {
	case 0:
		return fmt.Sprintf("hub: reaped stale slot %s (ttl exceeded by %ds)", g.slot(), g.below(90))
	case 1:
		return fmt.Sprintf("hub: lease watcher: slot %s not renewed for %ds", g.slot(), 90+g.below(90))
	case 2:
		return "hub: slot " + g.slot() + ": " + HeldText
	case 3:
		return "hub: task event-log recovery complete"
	case 4:
		return fmt.Sprintf("hub: ttl watcher: skip cross-host slot %s (owner=box%d, age=%dm2s)", g.slot(), g.below(9), g.below(60))
	case 5:
		return "hub: registry write failed (non-fatal): žluťoučký <disk> & \"quota\""
	case 6:
		return fmt.Sprintf("hub: checkpoint of %d pages took %dms", g.below(5000), g.below(900))
	default:
		return fmt.Sprintf("hub: sync from slot-%s: %d artifacts, %d bytes", g.slot(), g.below(50), g.below(1<<20))
	}
}

func (g *Generator) id() string {
	a, b := g.next(), g.next()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", uint32(a>>32), uint16(a>>16), a&0xfff, b>>52, b&0xffffffffffff)
}

func (g *Generator) panic(dst []byte) []byte {
	g.manifest.Panics++
	text := fmt.Sprintf("panic: assert: boom %d\n\ngoroutine %d [running]:\nmain.work(%#x)\n\t/src/demo/work.go:%d +0x1d\nexit status 2\n",
		g.below(1000), 1+g.below(99), 0xc000000000+g.below(1<<20), 1+g.below(400))
	g.manifest.Lines += int64(strings.Count(text, "\n"))
	return append(dst, text...)
}

func pick(g *Generator, words ...string) string { return words[g.below(len(words))] }
