package tui_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/slots"
	"bones-tui/tui"
)

// newWalker makes a world by chance and a dashboard in it.
func newWalker(t *testing.T, seed uint64) *walker {
	t.Helper()
	begin := time.Now()
	now := func() time.Time { return noon.Add(time.Since(begin)) }
	w := &walker{t: t, r: rand.New(rand.NewPCG(seed, seed)), seed: seed, size: [2]int{80, 24}, f: inspectable()}
	w.w = newWorldWith(t, logview.Options{Now: now, Poll: 200 * time.Millisecond})
	w.w.Now = now
	w.w.Settings = tui.DefaultSettings()
	w.w.Settings.Mouse = w.chance(2)
	w.w.ASCII, w.w.ReadOnly = w.chance(4), w.chance(6)
	w.w.Name = "webapp" + strings.Repeat(" "+w.text(), w.r.IntN(2))
	if !w.chance(3) {
		w.w.log(morning()...)
	}
	w.w.Connect = w.connect
	w.w.saved.hub = nil
	w.changeLuck()
	if w.chance(2) {
		w.w.Background = func(context.Context) error { return w.luck.Load().background }
		w.w.Reseed = func(context.Context) (hub.Reseeded, error) { return w.luck.Load().reseeded, w.luck.Load().reseed }
		w.w.Replace = func(context.Context, bool, bool) (hub.Restarted, error) {
			return hub.Restarted{PID: 7}, w.luck.Load().background
		}
		w.w.Patch = func(context.Context) ([]hub.Patch, error) {
			return patches(w.luck.Load().patches), w.luck.Load().reseed
		}
	} else {
		w.w.Patch, w.w.Recovery = nil, nil
	}
	if w.chance(2) {
		w.w.Running = func() (int, bool) { return 7, w.luck.Load().background == nil }
	}
	if w.chance(2) {
		w.w.SaveDir = t.TempDir()
	}
	if w.chance(2) {
		w.w.Dismiss = func(context.Context, string) error { return w.luck.Load().background }
	}
	if w.chance(3) {
		w.w.FreeDisk = func(context.Context) (uint64, error) { return w.luck.Load().free, w.luck.Load().disk }
	}
	if w.chance(3) {
		w.remember()
	}
	w.s = tui.NewStage(w.w.Config, w.size[0], w.size[1])
	t.Cleanup(w.s.Close)
	return w
}

// remember leaves what an earlier dashboard has kept.
func (w *walker) remember() {
	w.w.StateFile = filepath.Join(w.t.TempDir(), "screen.json")
	history := fmt.Sprintf(`{"filter_history":[%q,%q],"log_filter":%q,"focus":"SLOTS"}`, "level>=warn", w.text(), w.text())
	if err := os.WriteFile(w.w.StateFile, []byte(history), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *walker) problem() error {
	if w.chance(3) {
		return errors.New(w.text())
	}
	return nil
}

// luck is how the next commands will go. They must not draw themselves: they run
// beside each other, and beside its change.
type luck struct {
	connect, background, reseed, disk error
	owned, deep                       bool // the hub that is found; what is known of it
	reseeded                          hub.Reseeded
	patches                           int
	free                              uint64
}

func (w *walker) changeLuck() {
	l := luck{
		background: w.problem(), reseed: w.problem(), disk: w.problem(), owned: !w.chance(3), deep: !w.chance(4),
		reseeded: hub.Reseeded{Files: w.r.IntN(9), Archive: w.text()}, free: w.r.Uint64N(4 << 30),
		patches: w.r.IntN(4),
	}
	w.changeCopies()
	if w.chance(3) {
		l.connect = w.problem()
	}
	w.luck.Store(&l)
}

// changeCopies changes what can be had back, or why nothing can.
func (w *walker) changeCopies() {
	err, list := w.problem(), savedCopies()[:w.r.IntN(5)]
	if w.chance(4) {
		err = hub.ErrRunning
	}
	for i := range list {
		if c := &list[i]; w.chance(3) {
			c.Path, c.Problem, c.Way = w.text(), w.text(), hub.Way(w.text())
		}
		if c := &list[i]; w.chance(3) {
			c.Slot, c.Files, c.CheckIns = w.text(), []string{w.text()}, []hub.CheckIn{{UUID: w.text(), User: w.text(), Comment: w.text()}}
		}
	}
	w.w.saved.set(func(f *fakeRecovery) { f.list, f.err = list, err })
}

// connect finds another hub each time, or none.
func (w *walker) connect(context.Context) (tui.Session, error) {
	if err := w.luck.Load().connect; err != nil {
		return tui.Session{}, err
	}
	w.w.hub = &fakeHub{status: healthy(), done: make(chan struct{})}
	w.w.slots = make(fakeSlots, 8)
	s := tui.Session{Hub: w.w.hub, Slots: w.w.slots, Owned: w.luck.Load().owned, Drain: w.w.hub.drain}
	w.w.hub.status.Owned = s.Owned
	if w.luck.Load().deep {
		s.Inspector, s.Activity = w.f, fakeActivity("")
	}
	w.w.slots <- team()
	return s, nil
}

func (w *walker) changeStatus() {
	s := healthy()
	s.At = w.w.Now()
	s.Phase = hub.Phase(w.r.IntN(7))
	s.NATS.Up, s.Fossil.Up = !w.chance(4), !w.chance(4)
	if w.chance(3) {
		s.Step, s.NATS.Problem, s.Fossil.Problem, s.LogLevel = w.text(), w.text(), w.text(), w.text()
		s.NATS.URL, s.Fossil.URL, s.Fossil.ProjectCode = w.text(), w.text(), w.text()
		s.Fossil.Tip.Comment, s.Fossil.Tip.User, s.Fossil.Tip.Branch = w.text(), w.text(), w.text()
	}
	if w.chance(4) {
		s.NATS.Server, s.NATS.JetStream = nil, nil
		s.Fossil.Tip, s.Fossil.CheckIns, s.Fossil.Requests, s.Fossil.Unapplied = nil, nil, nil, nil
	}
	if w.chance(6) {
		huge := int64(1) << 62
		s.Fossil.CheckIns, s.Fossil.RepoBytes, s.Fossil.Unapplied = &huge, &huge, &huge
		if s.NATS.Server != nil {
			s.NATS.Server.Connections, s.NATS.Server.InBytes = 1<<30, huge
		}
	}
	for range w.r.IntN(3) {
		s.Incidents = append(s.Incidents, hub.Incident{ID: w.text(), At: noon, Text: w.text(), Next: w.text()})
	}
	err := w.problem()
	live := []slots.Slot(nil)
	if w.chance(3) {
		live = team()[:2]
	}
	w.did("status: phase %v, error %v", s.Phase, err)
	w.w.hub.set(func(h *fakeHub) { h.status, h.err, h.live = s, err, live })
}

func (w *walker) changeSlots() {
	all := make([]slots.Slot, w.some(1500))
	for i := range all {
		name := fmt.Sprintf("slot%03d", i)
		if w.chance(8) {
			name = w.text() + fmt.Sprint(i)
		}
		s := slot(name, "t-7c92", "rotate session keys", time.Duration(w.r.IntN(400))*time.Second)
		s.Renewed = w.w.Now().Add(-time.Duration(w.r.IntN(400)) * time.Second)
		s.PIDAlive, s.HasSession, s.HasDir = w.chance(2), !w.chance(4), !w.chance(4)
		if w.chance(6) {
			s.TaskID, s.Title, s.Agent, s.LastEvent, s.LastErr, s.Host = w.text(), w.text(), w.text(), w.text(), w.text(), w.text()
		}
		if w.chance(4) {
			s.Work = &slots.Work{HasTree: true, Branch: w.text(), EditCount: w.some(1000), Unapplied: w.some(99), Problem: w.text()}
		}
		all[i] = s
	}
	w.did("%d slots", len(all))
	select {
	case w.w.slots <- all:
	default: // nobody reads them any more
	}
}

func (w *walker) growLog() {
	n := 1 + w.some(800)
	w.did("%d lines", n)
	var lines []hublog.Entry
	for range n {
		e := entry(0, hublog.Level(w.r.IntN(4)), pick(w.r, []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError}))
		e.Ts.Time = w.w.Now()
		e.Msg, e.Agent, e.RPC = pick(w.r, words), "slot-"+pick(w.r, words), "tasks.claim"
		if n < 20 && w.chance(3) {
			e.Msg, e.Err, e.Agent, e.Task = w.text(), w.text(), w.text(), w.text()
		}
		lines = append(lines, e)
	}
	w.w.log(lines...)
	if w.chance(4) {
		w.w.raw("panic: " + w.text() + "\n\tat line 1\n\tat line 2\n" + strings.Repeat("goroutine 1 [running]:\n", w.some(300)) + w.text())
	}
}

// changeDepths changes what the details show.
func (w *walker) changeDepths() {
	err, text := w.problem(), w.text()
	w.did("details with %q, error %v", text, err)
	fresh := inspectable()
	empty := w.chance(4)
	for i := range fresh.conns {
		fresh.conns[i].Name = text
	}
	for i := range fresh.entries {
		fresh.entries[i].Key, fresh.entries[i].Value = text, []byte(text)
	}
	for i := range fresh.checkIns {
		fresh.checkIns[i].Comment, fresh.checkIns[i].User = text, text
	}
	fresh.files[0].Name, fresh.diff.Text = text, text+"\n"+fresh.diff.Text
	w.f.set(func(f *fakeInspector) {
		f.err, f.conns, f.stores, f.messages, f.entries = err, fresh.conns, fresh.stores, fresh.messages, fresh.entries
		f.checkIns, f.files, f.diff = fresh.checkIns, fresh.files, fresh.diff
		if empty {
			f.conns, f.stores, f.messages, f.entries, f.checkIns, f.files = nil, nil, nil, nil, nil, nil
		}
	})
}

// loseHub ends it without being asked.
func (w *walker) loseHub() {
	err := w.problem()
	w.did("the hub goes: %v", err)
	w.w.hub.set(func(h *fakeHub) { h.end = err; h.finish() })
}
