package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
)

// What lies in the state directory is counted by its place, as the disk has it; what a link
// leads to is not.
func TestDiskUsageIsByPlace(t *testing.T) {
	root := newWorkspace(t)
	d := bonesdir.At(root)
	big := strings.Repeat("x", 1<<20)
	write(t, root, "outside", strings.Repeat("x", 8<<20), 0o644)
	for _, name := range []string{"swarm/a/wt/f", "recovery/old-1/f", "hub-20260101T000000Z.fossil", "hub-20260101T000000Z.fossil-wal", "coord.bad-1/f"} {
		write(t, d.State, name, big, 0o600)
	}
	if err := os.Symlink(filepath.Join(root, "outside"), filepath.Join(d.State, "swarm/a/link")); err != nil {
		t.Fatal(err)
	}
	sparse := filepath.Join(d.State, "swarm/a/wt/sparse")
	write(t, d.State, "swarm/a/wt/sparse", "", 0o600)
	if err := os.Truncate(sparse, 1<<30); err != nil {
		t.Fatal(err)
	}
	h := startHub(t, root, hub.WithTrustState(true))
	var u *hub.DiskUsage
	within(t, 10*time.Second, "a measurement", func() bool {
		u = statusOf(t, h).Disk
		return u != nil
	})
	for what, got := range map[string][3]int64{
		"slots": {u.Slots, 1 << 20, 2 << 20}, "archives": {u.Archives, 3 << 20, 4 << 20},
		"recovery": {u.Recovery, 1 << 20, 3 << 20}, // what the slot has is saved there
	} {
		if size, least, most := got[0], got[1], got[2]; size < least || size > most {
			t.Errorf("%s: %d bytes, want %d to %d", what, size, least, most)
		}
	}
	if u.Repository == 0 || u.Store == 0 || u.Total < 5<<20 || u.Total > 20<<20 || u.Partial || u.Growth != nil {
		t.Errorf("%+v", u)
	}
	if found := findingsOf(t, root, "size"); len(found) != 1 || found[0].Grade != findings.GradeOK || !strings.Contains(found[0].Text, "archives 3.0 MiB") {
		t.Errorf("doctor says %+v", found)
	}
}
