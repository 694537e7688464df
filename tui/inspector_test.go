package tui_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/inspect"
	"bones-tui/slots"
	"bones-tui/tui"
)

// fakeInspector holds what the test sets.
type fakeInspector struct {
	mu       sync.Mutex
	err      error
	conns    []inspect.Connection
	stores   []inspect.Store
	messages []inspect.Message // the oldest first
	entries  []inspect.Entry   // of any bucket, the newest first
	checkIns []inspect.TimelineEntry
	files    []inspect.FileChange
	diff     inspect.FileDiff
	calls    int
	activity string // stands before each text of the activity
}

func (f *fakeInspector) set(do func(*fakeInspector)) { f.mu.Lock(); defer f.mu.Unlock(); do(f) }

func answer[T any](f *fakeInspector, v func() T) (T, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.err != nil {
		var none T
		return none, f.err
	}
	return v(), nil
}

func (f *fakeInspector) Connections(context.Context) ([]inspect.Connection, int, error) {
	list, err := answer(f, func() []inspect.Connection { return f.conns })
	return list, len(list), err
}

func (f *fakeInspector) Connection(_ context.Context, id uint64) (inspect.Connection, error) {
	list, err := answer(f, func() []inspect.Connection { return f.conns })
	for _, c := range list {
		if c.ID == id {
			c.Subjects = []string{"_INBOX.x.*", "tasks.events.>"}
			return c, nil
		}
	}
	return inspect.Connection{}, errors.Join(err, inspect.ErrNoConnection)
}

func (f *fakeInspector) Stores(context.Context) ([]inspect.Store, bool, error) {
	list, err := answer(f, func() []inspect.Store { return f.stores })
	return list, false, err
}

func (f *fakeInspector) store(name string) inspect.Store {
	for _, s := range f.stores {
		if s.Name == name || s.Stream == name {
			return s
		}
	}
	return inspect.Store{Name: name}
}

func (f *fakeInspector) Messages(_ context.Context, stream string, before uint64, limit int) (inspect.MessagePage, error) {
	return answer(f, func() inspect.MessagePage {
		page := inspect.MessagePage{Store: f.store(stream)}
		if n := len(f.messages); n > 0 {
			page.Store.First, page.Store.Last, page.Store.Messages = f.messages[0].Sequence, f.messages[n-1].Sequence, uint64(n)
		}
		for i := len(f.messages) - 1; i >= 0; i-- {
			m := f.messages[i]
			switch {
			case before > 0 && m.Sequence >= before:
			case len(page.Messages) == limit:
				page.Before = m.Sequence + 1
				return page
			default:
				page.Messages = append(page.Messages, m)
			}
		}
		return page
	})
}

func (f *fakeInspector) Message(_ context.Context, _ string, sequence uint64) (inspect.Message, error) {
	list, err := answer(f, func() []inspect.Message { return f.messages })
	for _, m := range list {
		if m.Sequence == sequence {
			return m, nil
		}
	}
	return inspect.Message{}, errors.Join(err, inspect.ErrNoMessage)
}

func (f *fakeInspector) Entries(_ context.Context, bucket string, before uint64, limit int) (inspect.EntryPage, error) {
	return answer(f, func() inspect.EntryPage {
		page := inspect.EntryPage{Store: f.store(bucket)}
		if n := len(f.entries); n > 0 {
			page.Store.First, page.Store.Last, page.Store.Keys = f.entries[n-1].Revision, f.entries[0].Revision, uint64(n)
		}
		for _, e := range f.entries {
			switch {
			case before > 0 && e.Revision >= before:
			case len(page.Entries) == limit:
				page.Before = e.Revision + 1
				return page
			default:
				page.Entries = append(page.Entries, e)
			}
		}
		return page
	})
}

func (f *fakeInspector) Revisions(_ context.Context, _, key string) ([]inspect.Entry, error) {
	list, err := answer(f, func() []inspect.Entry { return f.entries })
	for _, e := range list {
		if e.Key == key {
			before := e
			before.Revision, before.Time = e.Revision-1, e.Time.Add(-time.Minute)
			return []inspect.Entry{e, before}, nil
		}
	}
	return nil, errors.Join(err, inspect.ErrNoKey)
}

func (f *fakeInspector) Timeline(_ context.Context, user string, skip, limit int) (inspect.Timeline, error) {
	return answer(f, func() inspect.Timeline {
		var list []inspect.TimelineEntry
		for _, c := range f.checkIns {
			if user == "" || c.User == user {
				list = append(list, c)
			}
		}
		list = list[min(skip, len(list)):]
		return inspect.Timeline{CheckIns: list[:min(limit, len(list))], Total: int64(len(f.checkIns)), More: len(list) > limit}
	})
}

func (f *fakeInspector) CheckIn(_ context.Context, uuid string) (inspect.CheckInDetail, error) {
	return answer(f, func() inspect.CheckInDetail {
		for i, c := range f.checkIns {
			if c.UUID == uuid {
				d := inspect.CheckInDetail{TimelineEntry: c, Files: f.files, Total: int64(len(f.files))}
				if i+1 < len(f.checkIns) {
					d.Parents = []string{f.checkIns[i+1].UUID}
				}
				return d
			}
		}
		return inspect.CheckInDetail{}
	})
}

func (f *fakeInspector) Diff(context.Context, inspect.FileChange) (inspect.FileDiff, error) {
	return answer(f, func() inspect.FileDiff { return f.diff })
}

// inspectable holds a bit of everything.
func inspectable() *fakeInspector {
	f := &fakeInspector{}
	for i, name := range []string{"bones-hub", "slot-auth", "slot-api", "日本語 agent", ""} {
		c := inspect.Connection{
			ID: uint64(7 + i), Name: name, IP: "127.0.0.1", Port: 40100 + i, Lang: "go", Version: "1.55.0", Start: noon.Add(-time.Hour),
			LastActivity: noon.Add(-time.Duration(i) * 20 * time.Second), RTT: inspect.Duration(180 * time.Microsecond), Subscriptions: 2 + i,
			InMsgs: int64(1000 * i), OutMsgs: 90, InBytes: int64(90000 * i), OutBytes: 1 << 20, Pending: i / 4 * 70000,
		}
		if i == 0 {
			c.IP, c.Port = "pipe", 0
		}
		f.conns = append(f.conns, c)
	}
	at := noon.Add(-3 * time.Second)
	f.stores = []inspect.Store{
		{
			Stream: "KV_bones-tasks", Name: "bones-tasks", Kind: inspect.BucketStore, Subjects: []string{"$KV.bones-tasks.>"}, Messages: 41, Bytes: 18000,
			First: 1, Last: 41, FirstAt: noon.Add(-time.Hour), LastAt: at, Keys: 9, Consumers: 2, History: 8,
		},
		{Stream: "KV_bones-presence", Name: "bones-presence", Kind: inspect.BucketStore, Subjects: []string{"$KV.bones-presence.>"}, MaxAge: 15 * time.Second, History: 1},
		{
			Stream: "tasks-events", Name: "tasks-events", Subjects: []string{"tasks.events.>"}, Messages: 1204, Bytes: 300_000,
			First: 1, Last: 1204, FirstAt: noon.Add(-time.Hour), LastAt: at, Keys: 41, Consumers: 1,
		},
	}
	for i := range 9 {
		e := inspect.Entry{
			Key: fmt.Sprintf("t-%04x", 0x7c92+i), Revision: uint64(41 - i), Time: at.Add(-time.Duration(i) * 30 * time.Second),
			Value: fmt.Appendf(nil, `{"id":"t-%04x","title":"rotate session keys","status":"claimed","files":["a.go"]}`, 0x7c92+i),
		}
		if e.Size = len(e.Value); i == 4 {
			e.Deleted, e.Value, e.Size = "deleted", nil, 0
		}
		f.entries = append(f.entries, e)
	}
	for i := range 6 {
		f.messages = append(f.messages, inspect.Message{
			Sequence: uint64(1199 + i), Subject: "tasks.events.t-7c92", Time: at.Add(-time.Duration(5-i) * time.Minute), Size: 52,
			Header: map[string][]string{"Nats-Msg-Id": {"x1"}}, Data: fmt.Appendf(nil, `{"type":%d,"task_id":"t-7c92","payload":{"agent":"a"}}`, i),
		})
	}
	for i, comment := range []string{"auth: rotate session keys on login", "api: paginate /v1/orders\n\nThe cursor is opaque.", "session base: 4f2ad1c0"} {
		f.checkIns = append(f.checkIns, inspect.TimelineEntry{
			CheckIn: fossil.CheckIn{
				UUID: strings.Repeat(fmt.Sprintf("%x", 9-i), 40), Branch: "trunk", User: []string{"slot-auth", "slot-api", "orchestrator"}[i],
				Comment: comment, Time: noon.Add(-time.Duration(12+600*i) * time.Second),
			}, Unapplied: i < 2,
		})
	}
	f.files = []inspect.FileChange{
		{Name: "auth/keys.go", Was: "a", Now: "b", WasSize: 507, NowSize: 590},
		{Name: "auth/rotate.go", Now: "c", NowSize: 1204},
		{Name: "auth/old name.go", From: "auth/older.go", Was: "e", Now: "e", WasSize: 10, NowSize: 10},
		{Name: "docs/größe.md", Was: "d", WasSize: 44},
	}
	f.diff = inspect.FileDiff{Text: "--- a/auth/keys.go\n+++ b/auth/keys.go\n@@ -1,3 +1,4 @@\n package auth\n \n-var keys [1]Key\n+// Keys are two generations: the older one still verifies 日本語.\n+var keys [2]Key\n"}
	return f
}

// inspect gives the world an inspector.
func (w *world) inspect(f *fakeInspector) {
	connect := w.Connect
	w.Connect = func(ctx context.Context) (tui.Session, error) {
		s, err := connect(ctx)
		s.Inspector, s.Activity = f, fakeActivity(f.activity)
		return s, err
	}
}

// fakeActivity is a morning with one of everything; itself it stands before each text.
type fakeActivity string

func (a fakeActivity) Entries(context.Context) ([]slots.Entry, error) {
	at := func(ago time.Duration) time.Time { return noon.Add(-ago) }
	list := []slots.Entry{
		{Seq: 1, At: at(3 * time.Hour), Kind: slots.KindHub, What: "start", Text: "pid=48211"},
		{Seq: 2, At: at(2 * time.Hour), Kind: slots.KindSlot, What: "join", Slot: "auth", Task: "t-7c92"},
		{Seq: 3, At: at(90 * time.Second), Kind: slots.KindTask, What: "claimed", Slot: "auth", Task: "t-7c92", Agent: "slot-auth", Effect: slots.EffectTook},
		{Seq: 4, At: at(80 * time.Second), Kind: slots.KindTask, What: "closed", Slot: "web", Task: "t-11b0", Text: "done\x1b[2J", Bad: true, Effect: slots.EffectRefused},
		{Seq: 5, At: at(12 * time.Second), Kind: slots.KindCheckIn, What: "check-in", Slot: "auth", CheckIn: "9c4e21aa77ff00", Branch: "trunk", Text: "rotate session keys on login"},
		{Seq: 6, At: at(5 * time.Second), Kind: slots.KindSlot, What: "reap", Slot: "docs", Text: "ttl-reaped", Bad: true},
	}
	for i := range list {
		e := &list[i]
		e.Text, e.Slot, e.Branch, e.Agent = string(a)+e.Text, string(a)+e.Slot, string(a)+e.Branch, string(a)+e.Agent
	}
	return list, nil
}
