package hub_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
)

// zeroContent zeroes bytes in the middle of the content of a file that spoilable has checked in.
func zeroContent(t *testing.T, path string, content []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	part := content[1000:1200]
	if !bytes.Contains(text, part) {
		t.Fatalf("%s has the content nowhere", path)
	}
	text = bytes.ReplaceAll(text, part, make([]byte, len(part)))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// spoilable is a workspace without a hub whose repository, and its copy, hold a file of random
// bytes, which stand in a database as they are.
func spoilable(t *testing.T) (root, copied string, content []byte) {
	t.Helper()
	root = newWorkspace(t)
	stopHub(t, startHub(t, root))
	content = make([]byte, 3000)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(content) // never fails
	repo := openTrunk(t, root)
	if _, err := repo.Commit(t.Context(), fossil.Commit{User: "slot-a", Comment: "c", Files: []fossil.File{{Name: "r.bin", Content: content}}}); err != nil {
		t.Fatal(err)
	}
	if err := repo.Close(); err != nil {
		t.Fatal(err)
	}
	stopHub(t, startHub(t, root)) // takes a copy
	found, err := filepath.Glob(filepath.Join(bonesdir.At(root).Recovery(), "*", "*.fossil"))
	if err != nil || len(found) != 1 {
		t.Fatalf("copies: %q, %v", found, err)
	}
	return root, found[0], content
}

// What the repository has and cannot read counts as lost, and a sound copy takes its place.
func TestADamagedRepositoryHidesNoCopy(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, path string, content []byte){
		"content": zeroContent,
		"nothing": func(t *testing.T, path string, _ []byte) {
			t.Helper()
			if err := os.Truncate(path, 0); err != nil {
				t.Fatal(err)
			}
		},
		"noise": func(t *testing.T, path string, content []byte) {
			t.Helper()
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			root, _, content := spoilable(t)
			damage(t, hub.HubFossilPath(root), content)
			if found := findingsOf(t, root, "repository"); len(found) != 1 || found[0].Grade != findings.GradeFail {
				t.Errorf("doctor says %+v", found)
			}
			if removed, err := hub.PruneRecovery(t.Context(), root); len(removed) > 0 {
				t.Errorf("PruneRecovery = %v, %v", removed, err)
			}
			list, err := hub.Recover(t.Context(), root)
			if err != nil || len(list) != 1 || list[0].Way != hub.WayMend {
				t.Fatalf("Recover = %+v, %v", list, err)
			}
			done, err := hub.BringBack(t.Context(), root, list[0].Path)
			if err != nil || !done.Replaced || done.Archive == "" {
				t.Fatalf("BringBack = %+v, %v", done, err)
			}
			if err := openTrunk(t, root).Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A damaged copy is told, and takes nobody's place.
func TestADamagedCopyIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	root, copied, content := spoilable(t)
	wipe(t, root)
	zeroContent(t, copied, content)
	before, err := os.ReadFile(hub.HubFossilPath(root))
	if err != nil {
		t.Fatal(err)
	}
	list, err := hub.Recover(t.Context(), root)
	if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].Problem, "damaged: artifact") || strings.Contains(list[0].Problem, os.TempDir()) || list[0].Total != 1 {
		t.Fatalf("Recover = %+v, %v", list, err)
	}
	if done, err := hub.BringBack(t.Context(), root, copied); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("BringBack = %+v, %v", done, err)
	}
	if after, err := os.ReadFile(hub.HubFossilPath(root)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the repository has changed, %v", err)
	}
}

// A hub that serves what can be read says so in its status, and so does the doctor.
func TestTheDamageOfALiveHubIsTold(t *testing.T) {
	t.Parallel()
	root, _, content := spoilable(t)
	zeroContent(t, hub.HubFossilPath(root), content)
	h := startHub(t, root)
	within(t, time.Minute, "told", func() bool { return strings.Contains(statusOf(t, h).Fossil.Problem, "damaged") })
	if found := findingsOf(t, root, "repository"); len(found) != 1 || found[0].Grade != findings.GradeFail || !strings.Contains(found[0].Text, "damaged") {
		t.Errorf("doctor says %+v", found)
	}
}
