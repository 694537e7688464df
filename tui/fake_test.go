package tui_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bones-tui/hub"
	"bones-tui/hub/findings"
	"bones-tui/hub/hublog"
	"bones-tui/hub/natsd"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui"
)

// noon is when every test happens.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// fakeHub is a hub whose answers the test sets.
type fakeHub struct {
	mu     sync.Mutex
	status hub.Status
	err    error
	stops  []string // "polite", "force", "drain", in the order they came
	refuse error    // of the next polite stop, once
	live   []slots.Slot
	done   chan struct{}
	end    error
}

func (h *fakeHub) Status(context.Context) (hub.Status, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status, h.err
}

func (h *fakeHub) Shutdown(_ context.Context, opts ...hub.StopOption) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !hub.Forced(opts...) {
		h.stops = append(h.stops, "polite")
		if err := h.refuse; err != nil {
			h.refuse = nil
			return err
		}
		if len(h.live) > 0 {
			return &hub.ActiveSlotsError{Slots: h.live}
		}
	} else {
		h.stops = append(h.stops, "force")
	}
	h.finish()
	return nil
}

func (h *fakeHub) drain(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stops = append(h.stops, "drain")
	h.finish()
	return nil
}

func (h *fakeHub) finish() {
	select {
	case <-h.done:
	default:
		close(h.done)
	}
}

func (h *fakeHub) Done() <-chan struct{} { return h.done }
func (h *fakeHub) Err() error            { h.mu.Lock(); defer h.mu.Unlock(); return h.end }

func (h *fakeHub) set(f func(*fakeHub)) { h.mu.Lock(); defer h.mu.Unlock(); f(h) }

func (h *fakeHub) stopped() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.stops...)
}

// fakeSlots hands out snapshots as the test sends them.
type fakeSlots chan []slots.Slot

// troubledSlots says why they may not tell how things are.
type troubledSlots struct {
	fakeSlots
	hub     *fakeHub // whose mutex guards the problem
	problem *string
}

func (s troubledSlots) Problem() string {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return *s.problem
}

func (s fakeSlots) Next(ctx context.Context) ([]slots.Slot, error) {
	select {
	case all := <-s:
		return all, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// world is a workspace with a hub, slots and a log, and the dashboard's view of it.
type world struct {
	t     testing.TB
	hub   *fakeHub
	slots fakeSlots
	saved *fakeRecovery
	sees  string // why the slots may not be as the last snapshot has them
	path  string // of hub.log
	tui.Config
}

func ptr[T any](v T) *T { return &v }

// newWorld has a healthy hub of our own, no slots and an empty log.
func newWorld(tb testing.TB) *world {
	tb.Helper()
	return newWorldWith(tb, logview.Options{})
}

// newWorldWith is one whose log is read in a certain way.
func newWorldWith(tb testing.TB, o logview.Options) *world {
	tb.Helper()
	w := &world{t: tb, hub: &fakeHub{status: healthy(), done: make(chan struct{})}, slots: make(fakeSlots, 8)}
	w.path = filepath.Join(tb.TempDir(), "hub.log")
	w.log()
	log, err := logview.Open(w.path, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = log.Close() })
	w.Config = tui.Config{
		Root: "/home/me/code/webapp", Home: "/home/me", Name: "webapp", Host: "laptop", Log: log,
		Now: func() time.Time { return noon }, DrainTimeout: 30 * time.Second,
		Connect: func(context.Context) (tui.Session, error) {
			return tui.Session{Hub: w.hub, Slots: troubledSlots{w.slots, w.hub, &w.sees}, Activity: fakeActivity(""), Owned: true, Drain: w.hub.drain}, nil
		},
		Checkup: func(context.Context) []findings.Finding { return examined() },
		Patch:   func(context.Context) ([]hub.Patch, error) { return patches(1), nil },
	}
	w.saved = &fakeRecovery{list: savedCopies(), hub: w.hub}
	w.Recovery = w.saved
	return w
}

// attach makes the hub another process's.
func (w *world) attach() {
	w.hub.status.Owned = false
	w.Connect = func(context.Context) (tui.Session, error) {
		return tui.Session{Hub: w.hub, Slots: w.slots, Activity: fakeActivity("")}, nil
	}
}

// fail makes the start fail.
func (w *world) fail(err error) {
	w.Connect = func(context.Context) (tui.Session, error) { return tui.Session{}, err }
}

// log appends entries to hub.log.
func (w *world) log(entries ...hublog.Entry) {
	var b []byte
	for _, e := range entries {
		b = e.Append(b)
	}
	w.raw(string(b))
}

func (w *world) raw(text string) {
	f, err := os.OpenFile(w.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) start(width, height int) *tui.Screen {
	w.t.Helper()
	return tui.NewScreen(w.t, w.Config, width, height)
}

func healthy() hub.Status {
	return hub.Status{
		At: noon, StartedAt: noon.Add(-2*time.Hour - 14*time.Minute - 7*time.Second), Phase: hub.PhaseReady, PID: 48211, Owned: true,
		LogLevel: "info",
		NATS: hub.NATSStatus{
			URL: "nats://127.0.0.1:41002", Up: true, RTT: 200 * time.Microsecond,
			Server: &natsd.ServerStats{
				Version: "2.15.2", Uptime: 2 * time.Hour, Connections: 14, Subscriptions: 96, Mem: 31 << 20, CPU: 0.6,
				InMsgs: 1000, OutMsgs: 2000, InBytes: 100000, OutBytes: 200000,
			},
			JetStream: &natsd.StreamStats{Streams: 3, Consumers: 5, Messages: 9120, StoreBytes: 1258291},
		},
		Fossil: hub.FossilStatus{
			URL: "http://127.0.0.1:41001/", Up: true, Latency: 3 * time.Millisecond, ProjectCode: "4f2ad1c09b7e",
			CheckIns: ptr(int64(418)), Leaves: ptr(int64(1)), RepoBytes: ptr(int64(6400000)), WALBytes: ptr(int64(245760)),
			Tip: &hub.CheckIn{
				UUID: "9c4e21aa77ff00", Branch: "trunk", User: "slot-auth", Comment: "auth: rotate session keys on login",
				Time: noon.Add(-12 * time.Second),
			},
			Unapplied: ptr(int64(6)), Requests: ptr(uint64(1204)),
		},
	}
}

// examined is what doctor says of a workspace that is nearly well.
func examined() []findings.Finding {
	return []findings.Finding{
		{Check: "git", Text: "16 tracked files at 4f2ad1c"},
		{Check: "git", Grade: findings.GradeWarn, Text: "1 tracked file not seeded, the first is docs/v0.md"},
		{Check: "pid", Text: "a hub runs, pid 48211"},
		{Check: "lock", Text: "held by the hub"},
		{Check: "urls", Text: "http://127.0.0.1:41001"},
		{Check: "urls", Text: "nats://127.0.0.1:41002"},
		{Check: "repository", Text: "sound, 418 check-ins"},
		{Check: "slots", Grade: findings.GradeWarn, Text: "auth is stale"},
		{Check: "disk", Text: "80 GiB free"},
	}
}

// slot is one that joined a while ago and renewed its session some time before noon.
func slot(name, task, title string, age time.Duration) slots.Slot {
	return slots.Slot{
		Name: name, TaskID: task, Title: title, Agent: "slot-" + name, Host: "laptop", PID: 52144, PIDKnown: true, HasDir: true,
		HasSession: true, Started: noon.Add(-40 * time.Minute), Renewed: noon.Add(-age), LastEvent: "commit",
		LastEventAt: noon.Add(-age),
	}
}

// team is slots in every state.
func team() []slots.Slot {
	api := slot("api", "t-81aa", "paginate /v1/orders", 16*time.Second)
	api.PIDAlive = true
	web := slot("web", "t-11b4", "server-side rendering of the orders page", 40*time.Second)
	web.Host, web.PIDKnown = "buildbox", false
	docs := slot("docs", "t-6d20", "describe the orders API", 6*time.Minute)
	docs.HasSession, docs.PID, docs.Ended = false, 0, noon.Add(-time.Minute)
	docs.PIDKnown = false
	api.Work = &slots.Work{HasTree: true, HasClone: true, Branch: "trunk", CheckIns: 7, Unapplied: 6}
	auth := slot("auth", "t-7c92", "rotate session keys", 121*time.Second)
	auth.Work = &slots.Work{
		HasTree: true, HasClone: true, Branch: "trunk", CheckIns: 3, Unapplied: 3, Unpushed: 1, EditCount: 2,
		Edits: []slots.Edit{{Name: "auth/keys.go", Kind: "changed"}, {Name: "auth/rotate.go", Kind: "added"}},
	}
	return []slots.Slot{
		api, auth,
		slot("billing", "t-90f1", "retry failed webhooks", 2*time.Second), docs,
		{Name: "old", HasDir: true, PID: 4711},
		web,
	}
}

func entry(ago time.Duration, level hublog.Level, event string) hublog.Entry {
	return hublog.Entry{Ts: hublog.LoggedTime{Time: noon.Add(-ago)}, Level: level, Event: event}
}

// morning is a log with one of everything.
func morning() []hublog.Entry {
	claim := entry(30*time.Second, hublog.LevelInfo, hublog.EventRPC)
	claim.RPC, claim.Agent, claim.Task = "tasks.claim", "slot-api", "t-81aa"
	update := entry(29*time.Second, hublog.LevelDebug, hublog.EventRPC)
	update.RPC, update.Agent, update.Task, update.TookMs = "tasks.update", "slot-billing", "t-90f1", 12
	lease := entry(22*time.Second, hublog.LevelWarn, hublog.EventLifecycle)
	lease.Msg = "lease watcher: slot auth not renewed for 95s"
	hook := entry(20*time.Second, hublog.LevelInfo, hublog.EventHook)
	hook.Hook, hook.Matcher, hook.Session = "PreToolUse", "Bash", "s-12"
	conflict := entry(18*time.Second, hublog.LevelError, hublog.EventRPC)
	conflict.RPC, conflict.Agent, conflict.Task, conflict.Err = "tasks.claim", "slot-web", "t-11b0", "cas conflict: rev 41, want 40"
	return []hublog.Entry{claim, update, lease, hook, conflict}
}

func plain(s string) string { return ansi.Strip(s) }
