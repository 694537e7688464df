//go:build linux

package hub_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
	"bones-tui/hub/natsd"
	"bones-tui/slots"
)

// tell has a slot say in both logs that it has made a check-in, just now.
func tell(t *testing.T, root, slot, uuid string) {
	t.Helper()
	d := bonesdir.At(root)
	appendTo(t, d.SwarmEvents(), fmt.Sprintf(`{"ts":%q,"event":"slot_commit","slot":%q,"commit_uuid":%q}`+"\n", time.Now().UTC().Format(time.RFC3339Nano), slot, uuid))
	if err := os.MkdirAll(d.Slot(slot), 0o700); err != nil {
		t.Fatal(err)
	}
	appendTo(t, filepath.Join(d.Slot(slot), "log"), commitLine(slot, uuid))
}

// tellsNothing starts a hub, waits until it has compared everything, and stops it.
func tellsNothing(t *testing.T, root, what string) {
	t.Helper()
	h := startTelling(t, root)
	quiet(t, root)
	if got := statusOf(t, h).Incidents; len(got) > 0 {
		t.Errorf("%s: it tells %+v", what, got)
	}
	stopHub(t, h)
	for _, f := range findingsOf(t, root, "incidents") {
		if f.Grade != findings.GradeOK {
			t.Errorf("%s: the doctor says %+v", what, f)
		}
	}
}

// Nothing is told of what somebody has asked for, nor of what is kept elsewhere.
func TestNothingIsToldOfWhatWasMeant(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	ci := work(t, root)
	tell(t, root, "auth", ci.UUID)
	tellsNothing(t, root, "a stop")
	done, err := hub.Reseed(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	tellsNothing(t, root, "a reseed")
	back, err := hub.BringBack(t.Context(), root, done.Archive)
	if err != nil || !back.Replaced {
		t.Fatalf("%+v, %v", back, err)
	}
	tellsNothing(t, root, "what was brought back")

	if done, err = hub.Reseed(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	tell(t, root, "auth", work(t, root).UUID)
	if back, err = hub.BringBack(t.Context(), root, done.Archive); err != nil || back.Branch == "" {
		t.Fatalf("%+v, %v", back, err)
	}
	tellsNothing(t, root, "what was brought back to a branch")
}

// A slot may have check-ins that were never pushed, in its clone, and in what is saved of it
// when the slot is removed.
func TestNothingIsToldOfWhatACloneHas(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	h := startHub(t, root)
	tree := joinSlot(t, root, "auth")
	putSession(t, h.Conn(), "auth", time.Now())
	write(t, tree, "new.txt", "new\n", 0o644)
	runIn(t, tree, "fossil", "settings", "autosync", "off")
	runIn(t, tree, "fossil", "add", "new.txt")
	runIn(t, tree, "fossil", "commit", "--no-warnings", "-m", "mine", "--user-override", "slot")
	clone, err := fossil.Open(t.Context(), filepath.Join(bonesdir.At(root).Slot("auth"), "leaf.fossil"), fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	tip, err := clone.Tip(t.Context(), fossil.Trunk)
	if err = errors.Join(err, clone.Close()); err != nil {
		t.Fatal(err)
	}
	tell(t, root, "auth", tip.UUID)
	stopHub(t, h)
	tellsNothing(t, root, "a check-in that was never pushed")

	h = startHub(t, root)
	js, err := jetstream.New(h.Conn())
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.KeyValue(t.Context(), slots.BucketSessions)
	if err == nil {
		err = kv.Delete(t.Context(), "auth")
	}
	if err != nil {
		t.Fatal(err)
	}
	stopHub(t, h)
	tellsNothing(t, root, "the clone of a slot that was removed")
	if _, err := os.Lstat(bonesdir.At(root).Slot("auth")); !os.IsNotExist(err) {
		t.Errorf("the slot is there: %v", err)
	}
}

// What git has received is not missed when bones' own hub has emptied the repository: that is
// all that is told.
func TestWhatGitHasIsNotMissed(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	ci := work(t, root)
	tell(t, root, "auth", ci.UUID)
	stopHub(t, startHub(t, root))
	write(t, root, ".bones/last-applied", ci.UUID+"\n", 0o644)
	wipe(t, root)
	h := startTelling(t, root)
	quiet(t, root)
	awaitIncident(t, h, "repository-replaced")
	stopHub(t, h)
}

// What others remove while a hub runs is theirs to remove, also if the hub dies then.
func TestNothingIsToldOfWhatClientsRemove(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	p := spawnHub(t, root, "")
	if !awaitHub(t, root, 20*time.Second) {
		t.Fatal("the hub is not ready")
	}
	r, err := hub.Attach(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(r.Conn())
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if _, err := js.Publish(t.Context(), "tasks.events.t-1", []byte(`{"type":3,"task_id":"t-1","payload":{}}`)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := js.Stream(t.Context(), slots.StreamTaskEvents)
	if err == nil {
		err = errors.Join(s.DeleteMsg(t.Context(), 3), s.SecureDeleteMsg(t.Context(), 4), s.Purge(t.Context(), jetstream.WithPurgeSequence(20)))
	}
	if err == nil {
		_, err = js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "passing", Storage: jetstream.MemoryStorage})
	}
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	p.kill()
	killAll(root)
	tellsNothing(t, root, "a death")
}

// removeBesideTheHub has another server remove messages of a store whose hub has stopped.
func removeBesideTheHub(t *testing.T, root string) {
	t.Helper()
	srv, err := natsd.Start(t.Context(), natsd.Config{StoreDir: bonesdir.At(root).Coord()})
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect("", srv.InProcess())
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), slots.StreamTaskEvents)
	if err == nil {
		err = errors.Join(s.DeleteMsg(t.Context(), 3), s.Purge(t.Context(), jetstream.WithPurgeSequence(20)))
	}
	nc.Close()
	if err = errors.Join(err, srv.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// The server of another hub, such as that of bones, may remove messages between two runs.
func TestNothingIsToldOfWhatAnotherServerRemoves(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	removeBesideTheHub(t, root)
	tellsNothing(t, root, "another server")
}

// Bringing back compares and starts no server: what another one has removed before it is not
// told after it.
func TestNothingIsToldOfWhatWasRemovedBeforeABringingBack(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	removeBesideTheHub(t, root)
	wipe(t, root)
	list, err := hub.Recover(t.Context(), root)
	if err != nil || len(list) == 0 {
		t.Fatalf("Recover = %+v, %v", list, err)
	}
	if _, err := hub.BringBack(t.Context(), root, list[0].Path); err != nil {
		t.Fatal(err)
	}
	tellsNothing(t, root, "brought back")
}

// A reseed may die when the fresh repository is just in its place.
func TestNothingIsToldOfAReseedThatDied(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	path := bonesdir.At(root).CoordMarks()
	line, err := durable.Unseal([]byte(readFile(t, path)))
	var marks map[string]any
	if err = errors.Join(err, json.Unmarshal(line, &marks)); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Reseed(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	fresh := openTrunk(t, root)
	marks["repository"].(map[string]any)["coming"] = fresh.ProjectCode()
	if line, err = json.Marshal(marks); err == nil {
		err = errors.Join(fresh.Close(), os.WriteFile(path, durable.Seal(line), 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	tellsNothing(t, root, "a reseed that died")
}
