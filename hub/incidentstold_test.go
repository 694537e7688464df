//go:build linux

package hub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
	"bones-tui/hub/internal/reference"
)

// workedIn is a workspace whose hub has stopped: a stream of 40 events, one check-in beyond
// the base.
func workedIn(t *testing.T) string {
	t.Helper()
	root := newWorkspace(t)
	h := startHub(t, root)
	publish(t, h, 40)
	work(t, root)
	stopHub(t, h)
	return root
}

func publish(t *testing.T, h *hub.Hub, n int) {
	t.Helper()
	js, err := jetstream.New(h.Conn())
	for range n {
		if err == nil {
			_, err = js.Publish(t.Context(), "tasks.events.t-1", []byte(`{"type":3,"task_id":"t-1","payload":{}}`))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wipe has the reference start, in a workspace that it was at work in.
func wipe(t *testing.T, root string) {
	t.Helper()
	write(t, root, ".git/hooks/pre-commit", "#!/bin/sh\n[ ! -f .bones/leaf.pid ]\n", 0o755) // as the bones CLI installs it
	// A program that another test is just starting may still hold the lock's file.
	within(t, time.Minute, "started", func() bool {
		o, err := reference.Verb(t.Context(), root)
		if err != nil || o != reference.Started && o != reference.Locked {
			t.Fatalf("Verb = %v, %v", o, err)
		}
		return o == reference.Started
	})
}

func onlyBlock(t *testing.T, root, stream string) string {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(bonesdir.At(root).Coord(), "jetstream", "$G", "streams", stream, "msgs", "*.blk"))
	if err != nil || len(blocks) != 1 {
		t.Fatalf("blocks %v, %v", blocks, err)
	}
	return blocks[0]
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func commitLine(slot, sha string) string {
	return fmt.Sprintf(`{"event":"commit","files":1,"message":"m","sha":%q,"slot":%q,"ts":%q}`+"\n", sha, slot,
		time.Now().Add(time.Second).UTC().Format(time.RFC3339))
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// awaitIncident waits until a hub tells of one incident, and no other.
func awaitIncident(t *testing.T, h *hub.Hub, kind string) hub.Incident {
	t.Helper()
	var all []hub.Incident
	within(t, 20*time.Second, "told: "+kind, func() bool { all = statusOf(t, h).Incidents; return len(all) > 0 })
	if len(all) != 1 || string(all[0].Kind) != kind {
		t.Fatalf("told %+v, want one %s", all, kind)
	}
	return all[0]
}

// told checks that an incident is told everywhere: so often in the log, by the status, as JSON
// too, by the doctor and on the screen.
func told(t *testing.T, root string, h *hub.Hub, i hub.Incident, times int) {
	t.Helper()
	inLog := func() (n int) {
		for _, e := range entries(t, hub.LogPath(root)) {
			if e.Level == hub.LevelError && strings.Contains(e.Msg, i.Text) && strings.Contains(e.Msg, "hub dismiss "+i.ID) {
				n++
			}
		}
		return n
	}
	within(t, 10*time.Second, "in hub.log", func() bool { return inLog() >= times })
	if n := inLog(); n != times {
		t.Errorf("hub.log tells %d times of %s", n, i.Text)
	}
	st, err := askHub(root)
	text, jerr := json.Marshal(st)
	if err != nil || jerr != nil || !strings.Contains(string(text), `"incidents":[{"id":"`+i.ID+`"`) {
		t.Errorf("status as JSON: %s, %v, %v", text, err, jerr)
	}
	if !doctorTells(t, root, i.Text) {
		t.Error("the doctor is silent")
	}
	if !screenTells(statusOf(t, h), i.Text) {
		t.Error("the screen is silent")
	}
}

func untold(t *testing.T, root string, h *hub.Hub) {
	t.Helper()
	if st := statusOf(t, h); len(st.Incidents) != 0 {
		t.Errorf("still told: %+v", st.Incidents)
	}
	for _, f := range findingsOf(t, root, "incidents") {
		if f.Grade != findings.GradeOK {
			t.Errorf("the doctor still tells: %+v", f)
		}
	}
}

func doctorTells(t *testing.T, root, text string) bool {
	t.Helper()
	return slices.ContainsFunc(findingsOf(t, root, "incidents"), func(f findings.Finding) bool {
		return f.Grade == findings.GradeFail && strings.Contains(f.Text, text) && f.Next != ""
	})
}

// screenTells reports whether the screen, and status, tell of something.
func screenTells(st hub.Status, text string) bool {
	all := findings.Of(&st, findings.States(nil, st.At, ""), st.At)
	return slices.ContainsFunc(all, func(f findings.Finding) bool { return strings.Contains(f.Text, text) })
}

// startTelling is startHub for a hub that also says when it has made all its comparisons.
func startTelling(t *testing.T, root string) *hub.Hub {
	t.Helper()
	return startHub(t, root, hub.WithLogLevel("debug"))
}

// quiet waits until the hub that has started last, telling, has made them.
func quiet(t *testing.T, root string) {
	t.Helper()
	within(t, 20*time.Second, "compared", func() bool {
		log := readFile(t, hub.LogPath(root))
		return strings.LastIndex(log, "hub: compared ") > strings.LastIndex(log, "hub: starting (")
	})
}
