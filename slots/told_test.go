package slots_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/slots"
)

// Both logs are believed as far as they go: what is no check-in is passed over, what both tell
// of counts once, and nothing is later than its file.
func TestToldCheckIns(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	since := time.Now().Add(-time.Hour)
	at := func(d time.Duration) string { return since.Add(d).UTC().Format(time.RFC3339Nano) }
	hash := func(c string) string { return strings.Repeat(c, 40) }
	put := func(name string, lines ...string) string {
		path := filepath.Join(root, ".bones", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	event := func(kind, slot, uuid string, d time.Duration) string {
		return fmt.Sprintf(`{"ts":%q,"event":%q,"slot":%q,"commit_uuid":%q}`, at(d), kind, slot, uuid)
	}
	line := func(uuid string, d time.Duration) string {
		return fmt.Sprintf(`{"event":"commit","sha":%q,"ts":%q}`, uuid, at(d))
	}
	put("swarm-events.jsonl", "rubbish", event("slot_commit", "web", hash("b"), 2*time.Minute), event("slot_close", "web", hash("c"), 3*time.Minute),
		event("slot_commit", "web", "trunk", 3*time.Minute), event("slot_commit", "web", hash("d"), -time.Minute),
		event("slot_commit", "api", hash("a"), time.Minute), event("slot_commit", "web", hash("e"), 5*time.Minute)[:40])
	log := put("swarm/api/log", line(hash("a"), time.Minute), line(hash("f"), 900*time.Hour), `{"event":"commit_error","sha":"`+hash("c")+`"}`, "")
	put("swarm/.api/log", line(hash("c"), time.Minute), "")
	changed := since.Add(4 * time.Minute).Truncate(time.Second)
	if err := os.Chtimes(log, changed, changed); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ci := range slots.ToldCheckIns(root, since) {
		got = append(got, ci.Slot+" "+ci.UUID[:1]+" "+ci.At.Sub(since).Round(time.Minute).String())
	}
	if want := "[api a 1m0s web b 2m0s api f 4m0s]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
