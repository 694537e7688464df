package hub_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/fossil"
)

// A push to a full disk fails with the cause, is counted for its door, and arrives once there
// is room again. hub.log lies on the same disk: its lines may be lost.
func TestAPushToAFullDiskIsTold(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		t.Helper()
		root := newWorkspace(t)
		h := startHub(t, root)
		url := statusOf(t, h).Fossil.URL
		doors := map[string]fossil.Transport{fossil.DoorHTTP: fossil.NewHTTPTransport(url), fossil.DoorNATS: overNATS(h, openTrunk(t, root).ProjectCode())}
		c, err := fossil.Clone(t.Context(), filepath.Join(t.TempDir(), "c.fossil"), doors[fossil.DoorHTTP], fossil.CloneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		big := make([]byte, 2<<20)
		_, _ = rand.NewChaCha8([32]byte{}).Read(big)
		ci, err := c.Commit(t.Context(), fossil.Commit{Comment: "c", Files: []fossil.File{{Name: "big", Content: big}}})
		if err != nil {
			t.Fatal(err)
		}
		fill(t, disk)
		for door, transport := range doors {
			if _, err := c.Push(t.Context(), transport, fossil.SyncOptions{}); err == nil || !strings.Contains(err.Error(), "no space left") {
				t.Errorf("a push over %s: %v", door, err)
			}
		}
		counted := map[string]bool{}
		for _, f := range statusOf(t, h).Fossil.Failures {
			counted[f.Door] = counted[f.Door] || f.Ours && f.Cause == fossil.CauseFull && f.Count > 0
		}
		if !counted[fossil.DoorHTTP] || !counted[fossil.DoorNATS] {
			t.Errorf("counted: %+v", statusOf(t, h).Fossil.Failures)
		}
		if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
			t.Fatal(err)
		}
		within(t, 20*time.Second, "the push arrives", func() bool {
			_, err := c.Push(t.Context(), doors[fossil.DoorHTTP], fossil.SyncOptions{})
			return err == nil
		})
		if _, err := openTrunk(t, root).Resolve(t.Context(), ci.UUID); err != nil {
			t.Error(err)
		}
		stopHub(t, h)
		lines := map[string]int{}
		for _, e := range entries(t, hub.LogPath(root)) {
			for door := range doors {
				if e.Level == hub.LevelError && strings.Contains(e.Msg, "failed a sync message over "+door+" from ") && strings.HasSuffix(e.Msg, "disk full") {
					lines[door]++
				}
			}
		}
		t.Logf("%d lines tell of it over http, %d over nats", lines[fossil.DoorHTTP], lines[fossil.DoorNATS])
	})
}
