package hub_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/slots"
)

// put writes a value as any NATS client would, creating the bucket as the command
// line does.
func put(tb testing.TB, nc *nats.Conn, bucket string, ttl time.Duration, key, value string) {
	tb.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	kv, err := js.KeyValue(tb.Context(), bucket)
	if err != nil {
		kv, err = js.CreateKeyValue(tb.Context(), jetstream.KeyValueConfig{Bucket: bucket, TTL: ttl, History: 1})
	}
	if err == nil {
		_, err = kv.PutString(tb.Context(), key, value)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// checkIn makes a commit in a slot's worktree.
func checkIn(tb testing.TB, worktree, user, file string, more ...string) {
	tb.Helper()
	write(tb, worktree, file, "by "+user+"\n", 0o644)
	runIn(tb, worktree, "fossil", "add", file)
	runIn(tb, worktree, "fossil", append([]string{"commit", "--no-warnings", "-m", "work", "--user-override", user}, more...)...)
}

// A slot is what its session, its task, its holds, its history, its plan, its log, its
// check-out and its clone say together, each in the form in which the command line
// writes it.
func TestSlotIsMergedFromEverySource(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	const id = "7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d"
	now := time.Now().UTC()
	stamp := now.Format(time.RFC3339Nano)

	tree := joinSlot(t, root, "auth")
	checkIn(t, tree, "slot-auth", "pushed.txt")
	checkIn(t, tree, "slot-auth", "branched.txt", "--branch", "agent/x")
	runIn(t, tree, "fossil", "settings", "autosync", "off")
	checkIn(t, tree, "slot-auth", "kept.txt")
	write(t, tree, "README.md", "edited\n", 0o644)
	write(t, tree, "new.txt", "new\n", 0o644)

	put(t, h.Conn(), "bones-swarm-sessions", 5*time.Minute, "auth", fmt.Sprintf(
		`{"slot":"auth","task_id":%q,"agent_id":"slot-auth","host":%q,"leaf_pid":4194000,"hub_url":%q,"started_at":%q,"last_renewed":%q}`,
		id, host, hub.FossilURL(root), stamp, stamp))
	put(t, h.Conn(), "bones-tasks", 0, id, fmt.Sprintf(
		`{"id":%q,"title":"rotate keys","status":"open","files":null,"context":{"slot":"auth"},"created_at":%q,"updated_at":%q,"schema_version":4,"last_event_seq":1}`,
		id, stamp, stamp))
	put(t, h.Conn(), "bones-holds", 5*time.Minute, slots.HoldKey(root+"/src/a b.go"), fmt.Sprintf(
		`{"agent_id":"auth-leaf","claimed_at":%q,"expires_at":%q,"checkout_path":%q,"ttl":60000000000}`,
		stamp, now.Add(time.Minute).Format(time.RFC3339Nano), id))
	put(t, h.Conn(), "bones-presence", 15*time.Second, "auth/auth-leaf", fmt.Sprintf(
		`{"agent_id":"auth-leaf","project":"auth","started_at":%q,"last_seen":%q}`, stamp, stamp))
	d := bonesdir.At(root)
	write(t, d.Slot("auth"), "log", `{"event":"commit_error","reason":"push refused","slot":"auth","ts":"2026-03-02T09:02:00Z"}`+"\n", 0o644)
	write(t, d.Swarm(), "dispatch.json", `{"schema_version":1,"plan_path":"p.md","plan_sha256":"00","created_at":"`+stamp+
		`","current_wave":2,"waves":[{"wave":2,"slots":[{"slot":"auth","task_id":"`+id+`","title":"x","files":null,"subagent_prompt":"go"}]}]}`, 0o600)

	s := survey(t, root, h.Conn(), "auth", func(s slots.Slot) bool {
		return s.Work != nil && s.Title != "" && len(s.Holds) > 0 && s.Present
	})
	if s.State(time.Now(), host) != slots.Active || s.PIDAlive || !s.PIDKnown {
		t.Errorf("state %v, pid alive %t, known %t", s.State(time.Now(), host), s.PIDAlive, s.PIDKnown)
	}
	if s.Title != "rotate keys" || s.TaskStatus != slots.StatusOpen || s.Wave != 2 || s.LastErr != "push refused" {
		t.Errorf("task %q %q of wave %d, error %q", s.Title, s.TaskStatus, s.Wave, s.LastErr)
	}
	if want := []string{"src/a b.go"}; !slices.Equal(s.Holds, want) {
		t.Errorf("holds %q, want %q", s.Holds, want)
	}
	w := s.Work
	if w.Problem != "" || w.Branch != "agent/x" || w.CheckIns != 3 || w.Unapplied != 3 || w.Unpushed != 1 || w.EditCount != 2 || !w.AtRisk() {
		t.Errorf("work %+v, want 3 check-ins on agent/x, 1 of them unpushed, 2 edits", w)
	}
	if want := []slots.Edit{{Name: "README.md", Kind: "changed"}, {Name: "new.txt", Kind: "added"}}; !slices.Equal(w.Edits, want) {
		t.Errorf("edits %v, want %v", w.Edits, want)
	}
}

// survey waits until the named slot is as wanted.
func survey(tb testing.TB, root string, nc *nats.Conn, name string, ok func(slots.Slot) bool) slots.Slot {
	tb.Helper()
	surveyor := hub.NewSurveyor(root)
	w := slots.Watch(root, nc, slots.WithWork(surveyor.Work))
	defer func() {
		_ = w.Close()
		if err := surveyor.Close(); err != nil {
			tb.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(tb.Context(), 30*time.Second)
	defer cancel()
	var last slots.Slot
	for {
		all, err := w.Next(ctx)
		if err != nil {
			tb.Fatalf("slot %s: %v; last seen %+v, work %+v", name, err, last, last.Work)
		}
		for _, s := range all {
			if s.Name == name && ok(s) {
				return s
			} else if s.Name == name {
				last = s
			}
		}
	}
}

// What git has received is no longer unapplied; check-ins beside it are.
func TestSurveyCountsWhatGitLacks(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	tree := joinSlot(t, root, "a")
	checkIn(t, tree, "slot-a", "one.txt")
	d := bonesdir.At(root)
	applied, err := openTrunk(t, root).Tip(t.Context(), "trunk")
	if err != nil {
		t.Fatal(err)
	}
	write(t, d.State, "last-applied", applied.UUID+"\n", 0o644)
	checkIn(t, tree, "slot-a", "two.txt")
	checkIn(t, tree, "slot-b", "three.txt")
	s := survey(t, root, h.Conn(), "a", func(s slots.Slot) bool { return s.Work != nil })
	if w := s.Work; w.CheckIns != 2 || w.Unapplied != 1 || w.Unpushed != 0 || w.Branch != "trunk" || w.AtRisk() {
		t.Errorf("work %+v, want 2 check-ins, 1 of them unapplied", w)
	}
}

// Reading leaves no trace, with a hub and without one.
func TestSurveyCreatesNothing(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	checkIn(t, joinSlot(t, root, "a"), "slot-a", "one.txt")
	stopHub(t, h)
	before := everyFile(t, root)
	s := survey(t, root, nil, "a", func(s slots.Slot) bool { return s.Work != nil })
	if s.Work.CheckIns != 1 || s.Work.Problem != "" {
		t.Errorf("work %+v", s.Work)
	}
	if after := everyFile(t, root); !slices.Equal(before, after) {
		t.Errorf("files %v\nwere %v", after, before)
	}
}

func everyFile(tb testing.TB, root string) (names []string) {
	tb.Helper()
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return names
}
