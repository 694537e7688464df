//go:build linux

package hub_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
	"bones-tui/slots"
)

// mishaps are what can go wrong between two runs of a hub: how it happens, in a workspace whose
// hub has stopped, what is told of it and of the way back, and whether files show it.
var mishaps = map[string]struct {
	happens func(*testing.T, string)
	kind    string
	text    string // a part of what is told
	next    string // a part of the way back
	unseen  bool   // no file tells of it before a server runs
}{
	"a repository that bones' own hub has emptied": {
		func(t *testing.T, root string) {
			t.Helper()
			wipe(t, root)
		}, "repository-replaced", "it had 2 check-ins", "hub recover", false,
	},
	"a repository that was removed": {
		func(t *testing.T, root string) {
			t.Helper()
			remove(t, root, "hub.fossil")
		}, "repository-replaced", "of which git had not received 1", "hub recover", false,
	},
	"a repository that was put back to an older state": {
		func(t *testing.T, root string) {
			t.Helper()
			path := hub.HubFossilPath(root)
			old := readFile(t, path)
			work(t, root)
			stopHub(t, startHub(t, root))
			write(t, filepath.Dir(path), "hub.fossil", old, 0o600)
		}, "repository-rewound", "it had 3 check-ins", "hub recover", false,
	},
	"a stream that was cut": {
		func(t *testing.T, root string) {
			t.Helper()
			blk := onlyBlock(t, root, slots.StreamTaskEvents)
			if err := errors.Join(os.Truncate(blk, int64(len(readFile(t, blk))/2)), os.Remove(filepath.Join(filepath.Dir(blk), "index.db"))); err != nil {
				t.Fatal(err)
			}
		}, "stream-cut", "it had reached 40 with 40", "bones-tui logs", true,
	},
	"a stream that was put back to an older state": {
		func(t *testing.T, root string) {
			t.Helper()
			coord := bonesdir.At(root).Coord()
			old := t.TempDir()
			copyTree(t, coord, old)
			h := startHub(t, root)
			publish(t, h, 5)
			stopHub(t, h)
			if err := os.RemoveAll(coord); err != nil {
				t.Fatal(err)
			}
			copyTree(t, old, coord)
		}, "stream-cut", "ends at 40 with 40 messages, it had reached 45 with 45: 5 messages are lost", "bones-tui logs", true,
	},
	"a check-in of which a slot's log tells": {
		func(t *testing.T, root string) {
			t.Helper()
			write(t, root, ".bones/swarm/auth/log", commitLine("auth", strings.Repeat("ab", 20)), 0o644)
		}, "check-ins-missing", ": 1, of 1 slot; the last is ababababab of slot auth", "hub recover", false,
	},
	"check-ins of which the slots' history tells": {
		func(t *testing.T, root string) {
			t.Helper()
			for i := range 2 {
				appendTo(t, bonesdir.At(root).SwarmEvents(), fmt.Sprintf(`{"ts":%q,"event":"slot_commit","slot":"web","commit_uuid":"%040d"}`+"\n",
					time.Now().UTC().Format(time.RFC3339Nano), i))
			}
		}, "check-ins-missing", ": 2, of 1 slot", "hub recover", false,
	},
	"a check-out that was copied from another workspace": {
		func(t *testing.T, root string) {
			t.Helper()
			other := newWorkspace(t)
			h := startHub(t, other)
			from := joinSlot(t, other, "auth")
			runIn(t, from, "fossil", "close", "--force") // and opened as bones does, which records the whole path
			runIn(t, from, "fossil", "open", "--force", filepath.Join(bonesdir.At(other).Slot("auth"), "leaf.fossil"), "trunk")
			stopHub(t, h)
			h = startHub(t, root)
			to := joinSlot(t, root, "auth")
			putSession(t, h.Conn(), "auth", time.Now())
			stopHub(t, h)
			write(t, to, ".fslckout", readFile(t, filepath.Join(from, ".fslckout")), 0o644)
		}, "check-out-copied", "the check-out of slot auth belongs to ", "fossil open", false,
	},
	"a store that is damaged": {
		func(t *testing.T, root string) { t.Helper(); damage(t, root, slots.StreamTaskEvents) },
		"store-damaged", "block 1 of stream tasks-events cannot be read from byte", "ls ", false,
	},
}

func TestWhatWasLostIsToldUntilItIsDismissed(t *testing.T) {
	t.Parallel()
	for name, loss := range mishaps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := workedIn(t)
			loss.happens(t, root)
			if !loss.unseen {
				before := stateFiles(t, root)
				if !doctorTells(t, root, loss.text) {
					t.Error("the doctor does not find it before the next start")
				}
				if _, err := os.Lstat(bonesdir.At(root).Incidents()); !errors.Is(err, fs.ErrNotExist) && !slices.Contains(before, "hub.incidents") {
					t.Error("the doctor has written")
				}
			}
			h := startHub(t, root)
			i := awaitIncident(t, h, loss.kind)
			if !strings.Contains(i.Text, loss.text) || !strings.Contains(i.Next, loss.next) || time.Since(i.At) > time.Minute {
				t.Errorf("%+v", i)
			}
			told(t, root, h, i, 1)
			stopHub(t, h)
			if !doctorTells(t, root, loss.text) {
				t.Error("the doctor does not tell without a hub")
			}
			h = startTelling(t, root)
			if got := statusOf(t, h).Incidents; len(got) != 1 || got[0] != i {
				t.Errorf("the next start tells %+v", got)
			}
			quiet(t, root)
			told(t, root, h, i, 1)

			if _, err := hub.Dismiss(t.Context(), root, "none"); !errors.Is(err, hub.ErrNoIncident) {
				t.Errorf("dismissed what is not there: %v", err)
			}
			if gone, err := hub.Dismiss(t.Context(), root, i.ID); err != nil || len(gone) != 1 || gone[0] != i {
				t.Errorf("%+v, %v", gone, err)
			}
			untold(t, root, h)
			stopHub(t, h)
			h = startTelling(t, root)
			quiet(t, root)
			untold(t, root, h)
			stopHub(t, h)
		})
	}
}

// The way back of a copied check-out is a command that mends it.
func TestTheWayBackOfACopiedCheckOutMendsIt(t *testing.T) {
	t.Parallel()
	peertest.Fossil(t)
	root := workedIn(t)
	mishaps["a check-out that was copied from another workspace"].happens(t, root)
	h := startHub(t, root)
	i := awaitIncident(t, h, "check-out-copied")
	tree := filepath.Join(bonesdir.At(root).Slot("auth"), "wt")
	write(t, tree, "README.md", "edited\n", 0o644)
	cmd := exec.Command("sh", "-c", i.Next)
	cmd.Env = append(os.Environ(), "FOSSIL_HOME="+os.Getenv("HOME"), "USER=slot")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", i.Next, err, out)
	}
	path, err := fossil.CheckoutRepository(t.Context(), tree)
	stopHub(t, h)
	if err != nil || path != "../leaf.fossil" || readFile(t, filepath.Join(tree, "README.md")) != "edited\n" {
		t.Errorf("it leads to %s, %v", path, err)
	}
}

// A store that is about to be cut is kept as it is, byte for byte.
func TestADamagedStoreIsCopiedBeforeItIsCut(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	damage(t, root, slots.StreamTaskEvents)
	coord := bonesdir.At(root).Coord()
	before := contentsOf(t, coord)
	h := startHub(t, root)
	i := awaitIncident(t, h, "store-damaged")
	stopHub(t, h)
	if after := contentsOf(t, coord); strings.HasPrefix(after[blockName], before[blockName]) {
		t.Error("nothing was cut")
	}
	copied := strings.Trim(strings.TrimPrefix(i.Next, "ls "), "'")
	if got := contentsOf(t, copied); len(got) != len(before) || len(got) == 0 {
		t.Errorf("%d files were copied, of %d", len(got), len(before))
	} else {
		for name, text := range before {
			if got[name] != text {
				t.Errorf("%s is not as it was", name)
			}
		}
	}
	if !strings.Contains(i.Text, copied) || !strings.Contains(i.Text, " messages behind") {
		t.Errorf("%+v", i)
	}
}

// JetStream does not always cut a damaged block: what stays as it is is told, and copied, once.
func TestADamageThatStaysIsToldOnce(t *testing.T) {
	t.Parallel()
	root := workedIn(t)
	blk := onlyBlock(t, root, slots.StreamTaskEvents)
	b := []byte(readFile(t, blk))
	b[len(b)-20] ^= 0xff // in the last record, of a store that was closed in good order
	if err := os.WriteFile(blk, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		h := startHub(t, root)
		awaitIncident(t, h, "store-damaged")
		publish(t, h, 2)
		stopHub(t, h)
		now := time.Now()
		if err := os.Chtimes(blk, now, now); err != nil { // to be looked at again
			t.Fatal(err)
		}
	}
	if copies, err := filepath.Glob(filepath.Join(bonesdir.At(root).Recovery(), "*", "store-*")); err != nil || len(copies) != 1 {
		t.Errorf("copies %v, %v", copies, err)
	}
}

var blockName = filepath.Join("jetstream", "$G", "streams", slots.StreamTaskEvents, "msgs", "1.blk")

func contentsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			rel, _ := filepath.Rel(dir, path)
			all[rel] = readFile(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
