package slots_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"bones-tui/slots"
)

const sessionWire = `{"slot":"render","task_id":"7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d","agent_id":"slot-render","host":"box1",` +
	`"leaf_pid":52110,"hub_url":"http://127.0.0.1:41001","started_at":"2026-03-02T09:16:02.123456789Z","last_renewed":"2026-03-02T09:17:02.5Z"}`

func TestSessionRoundTrip(t *testing.T) {
	t.Parallel()
	s, err := slots.DecodeSession([]byte(sessionWire))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 3, 2, 9, 16, 2, 123456789, time.UTC); !s.StartedAt.Equal(want) {
		t.Errorf("started %v, want %v", s.StartedAt, want)
	}
	got, err := s.Encode()
	if err != nil || string(got) != sessionWire {
		t.Errorf("encoded %s, %v\nwant    %s", got, err, sessionWire)
	}
	s.HubURL = ""
	s.LastRenewed = s.LastRenewed.In(time.FixedZone("", 7200))
	got, _ = s.Encode()
	if strings.Contains(string(got), "hub_url") || !strings.Contains(string(got), `"last_renewed":"2026-03-02T09:17:02.5Z"`) {
		t.Errorf("an empty URL shows, or a time is not UTC: %s", got)
	}
	if _, err := slots.DecodeSession([]byte(`{"slot":`)); err == nil {
		t.Error("a torn record decodes")
	}
}

// Records as the contract describes them, in full and at their barest.
const (
	taskFull = `{"id":"bones-ab12cd34","title":"rotate keys [slot: auth]","status":"closed","claimed_by":"","files":["/srv/demo/auth/a.go"],` +
		`"parent":"p-1","edges":[{"type":"blocks","target":"t-2"},{"type":"haunts","target":"t-3"}],"context":{"priority":"P0","slot":"auth"},` +
		`"created_at":"2026-03-02T08:00:00.000000001Z","updated_at":"2026-03-02T09:00:00Z","defer_until":"2026-03-03T00:00:00Z",` +
		`"closed_at":"2026-03-02T09:00:00.25Z","closed_by":"slot-auth","closed_reason":"done","claim_epoch":3,"original_size":900,` +
		`"compact_level":1,"compacted_at":"2026-03-02T10:00:00Z","schema_version":4,"last_event_seq":17}`
	taskBare = `{"id":"7f0c3a52-9d1e-4b7a-8a51-0d5a1f2b3c4d","title":"x","status":"open","files":null,` +
		`"created_at":"2026-03-02T08:00:00Z","updated_at":"2026-03-02T08:00:00Z","schema_version":4}`
)

func TestTaskRoundTrip(t *testing.T) {
	t.Parallel()
	for name, wire := range map[string]string{
		"a full record":              strings.Replace(taskFull, `"claimed_by":"",`, "", 1),
		"null files":                 taskBare,
		"empty files":                strings.Replace(taskBare, "null", "[]", 1),
		"members of a newer schema":  strings.TrimSuffix(taskBare, "}") + `,"-":1,"mood":{"b":[1,2.50]},"z":null}`,
		"a claim":                    strings.Replace(taskBare, `"files"`, `"claimed_by":"a-1","files"`, 1),
		"an unknown status":          strings.Replace(taskBare, `"open"`, `"paused"`, 1),
		"sub-second times of a task": strings.Replace(taskBare, "08:00:00Z", "08:00:00.000000001Z", 1),
	} {
		t.Run(name, func(t *testing.T) {
			task, err := slots.DecodeTask([]byte(wire))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := task.Encode(); err != nil || string(got) != wire {
				t.Errorf("encoded %s, %v\nwant    %s", got, err, wire)
			}
		})
	}
	odd, err := slots.DecodeTask([]byte(strings.Replace(taskBare, `"title"`, `"Title"`, 1)))
	if got, _ := odd.Encode(); err != nil || string(got) != taskBare {
		t.Errorf("a known member in other letters comes back as %s, %v", got, err)
	}
	for _, wire := range []string{"", "[]", `{"id":1}`, `{"files":"x"}`} {
		if _, err := slots.DecodeTask([]byte(wire)); err == nil {
			t.Errorf("%q decodes", wire)
		}
	}
}

func TestTaskKeepsUnknownEdgeTypes(t *testing.T) {
	t.Parallel()
	task, err := slots.DecodeTask([]byte(taskFull))
	if err != nil {
		t.Fatal(err)
	}
	if want := []slots.Edge{{Type: "blocks", Target: "t-2"}, {Type: "haunts", Target: "t-3"}}; !reflect.DeepEqual(task.Edges, want) {
		t.Errorf("edges %v, want %v", task.Edges, want)
	}
}

func TestTaskSlot(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, c := range []struct {
		name string
		task slots.Task
		want string
	}{
		{"context wins", slots.Task{Context: map[string]string{"slot": "a"}, Title: "x [slot: b]", Files: []string{"c/f"}}, "a"},
		{"then the title", slots.Task{Title: "x [slot: b] y", Files: []string{"c/f"}}, "b"},
		{"then a file", slots.Task{Title: "x", Files: []string{"c/d/f"}}, "c"},
		{"an absolute file", slots.Task{Files: []string{filepath.Join(root, "e", "f.go")}}, "e"},
		{"a file elsewhere does not count", slots.Task{Files: []string{filepath.Join(filepath.Dir(root), "other", "f.go"), "g/f"}}, "g"},
		{"a file at the root does not count", slots.Task{Files: []string{"f.go"}}, ""},
		{"nothing", slots.Task{Title: "[slot: ]"}, ""},
	} {
		if got := c.task.Slot(root); got != c.want {
			t.Errorf("%s: slot %q, want %q", c.name, got, c.want)
		}
	}
}

func TestHold(t *testing.T) {
	t.Parallel()
	h, err := slots.DecodeHold([]byte(`{"agent_id":"render-leaf","claimed_at":"2026-03-02T09:00:00.1Z","expires_at":"2026-03-02T09:00:30.1Z","checkout_path":"t-1","ttl":30000000000}`))
	if err != nil {
		t.Fatal(err)
	}
	if h.TTL != 30*time.Second || h.Vacant(h.ExpiresAt) || !h.Vacant(h.ExpiresAt.Add(1)) {
		t.Errorf("ttl %v, vacant at its end %v", h.TTL, h.Vacant(h.ExpiresAt))
	}
	if _, err := slots.DecodeHold([]byte(`x`)); err == nil {
		t.Error("garbage decodes")
	}
}

func TestHoldKey(t *testing.T) {
	t.Parallel()
	const path, key = "/srv/demo/src/a b.go", "=2Fsrv=2Fdemo=2Fsrc=2Fa=20b.go"
	if got := slots.HoldKey(path); got != key {
		t.Errorf("key %q, want %q", got, key)
	}
	if got, err := slots.HoldPath(key); err != nil || got != path {
		t.Errorf("path %q, %v", got, err)
	}
	if _, err := slots.HoldPath("=zz"); err == nil {
		t.Error("a bad escape decodes")
	}
}

func TestSlotEvent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".bones", "swarm-events.jsonl")
	e := slots.SlotEvent{
		At: time.Date(2026, 3, 2, 9, 0, 0, 5, time.UTC), Event: slots.SlotReap, Slot: "a",
		TaskID: "t-1", AgentID: "slot-a", Host: "box1", Result: slots.ResultReaped,
	}
	const want = `{"ts":"2026-03-02T09:00:00.000000005Z","event":"slot_reap","slot":"a","task_id":"t-1","agent_id":"slot-a","host":"box1","result":"ttl-reaped"}` + "\n"
	for range 2 {
		if err := e.AppendTo(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want+want {
		t.Errorf("file %q, %v\nwant %q twice", got, err, want)
	}
	back, err := slots.DecodeSlotEvent([]byte(want))
	if err != nil || back != e {
		t.Errorf("decoded %+v, %v", back, err)
	}
	if _, err := slots.DecodeSlotEvent([]byte("{")); err == nil {
		t.Error("a torn line decodes")
	}
	if err := e.AppendTo(t.TempDir()); err == nil {
		t.Error("appending to a directory succeeds")
	}
}

func FuzzTask(f *testing.F) {
	f.Add([]byte(taskFull))
	f.Add([]byte(taskBare))
	f.Add([]byte(`{"id":"x","extra":{"a":1},"files":[]}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		task, err := slots.DecodeTask(value)
		if err != nil {
			return
		}
		wire, err := task.Encode()
		if err != nil {
			return // a year that JSON cannot hold
		}
		back, err := slots.DecodeTask(wire)
		if err != nil {
			t.Fatalf("own encoding %s does not decode: %v", wire, err)
		}
		again, err := back.Encode()
		if err != nil || string(again) != string(wire) {
			t.Fatalf("second encoding %s, %v\nfirst          %s", again, err, wire)
		}
		task.Slot("/srv")
	})
}

func FuzzSession(f *testing.F) {
	f.Add([]byte(sessionWire))
	f.Fuzz(func(t *testing.T, value []byte) {
		s, err := slots.DecodeSession(value)
		if err != nil {
			return
		}
		wire, err := s.Encode()
		if err != nil {
			return // a year that JSON cannot hold
		}
		if back, err := slots.DecodeSession(wire); err != nil || back.LeafPID != s.LeafPID || !back.LastRenewed.Equal(s.LastRenewed) {
			t.Fatalf("%s comes back as %+v, %v", wire, back, err)
		}
	})
}
