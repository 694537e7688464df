package hub_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/findings"
)

// A worktree that was moved away is worth a word if the repository lacks something of it, and
// may go if git has all of it.
func TestOnlyWorkThatIsNowhereElseIsAFinding(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	d := bonesdir.At(root)
	stopHub(t, startHub(t, root))
	write(t, d.Recovery(), "inside-1790000000/README.md", "# demo\n", 0o644)
	write(t, d.Recovery(), "inside-1790000000/run.sh", "#!/bin/sh\necho hi\n", 0o755)
	says := func(grade findings.Grade, part string) {
		t.Helper()
		found := findingsOf(t, root, "recovery")
		if len(found) != 1 || found[0].Grade != grade || !strings.Contains(found[0].Text, part) {
			t.Errorf("doctor says %+v, want %v: %s", found, grade, part)
		}
	}
	says(findings.GradeOK, "1 worktree of removed slots kept")

	write(t, d.Recovery(), "outside-1790000000/README.md", "# mine\n", 0o644)
	says(findings.GradeWarn, "1 saved worktree of removed slots holds what the repository has not: outside")

	write(t, d.Recovery(), "large-1790000000/README.md", "", 0o644) // more than is ever saved
	if err := os.Truncate(filepath.Join(d.Recovery(), "large-1790000000/README.md"), 1<<30); err != nil {
		t.Fatal(err)
	}

	if removed, err := hub.PruneRecovery(t.Context(), root); err != nil || len(removed) != 1 || !strings.Contains(removed[0], "inside-") {
		t.Errorf("PruneRecovery = %v, %v", removed, err)
	}
	if left, err := os.ReadDir(d.Recovery()); err != nil || len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// What cannot be compared is not called fine.
func TestSavedWorkBesideADamagedRepositoryIsUnknown(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	d := bonesdir.At(root)
	stopHub(t, startHub(t, root))
	write(t, d.Recovery(), "inside-1790000000/README.md", "# demo\n", 0o644)
	write(t, d.State, filepath.Base(d.Fossil()), "no repository", 0o600)
	found := findingsOf(t, root, "recovery")
	if len(found) != 1 || found[0].Grade != findings.GradeWarn || !strings.Contains(found[0].Text, "unknown") {
		t.Errorf("doctor says %+v", found)
	}
}

func TestPruneRecoveryKeepsWhatGitHasNot(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	d := bonesdir.At(root)
	stopHub(t, startHub(t, root))
	last := work(t, root)
	if _, err := hub.Reseed(t.Context(), root); err != nil { // leaves an archive with the work
		t.Fatal(err)
	}
	write(t, d.Recovery(), "inside-1790000000/README.md", "# demo\n", 0o644)
	pending := work(t, root) // in the present one: what a worktree has may be known to trunk only
	if removed, err := hub.PruneRecovery(t.Context(), root); err != nil || len(removed) != 0 {
		t.Errorf("with check-ins that git has not: %v, %v", removed, err)
	}
	write(t, root, ".bones/last-applied", pending.UUID+"\n", 0o644)
	removed, err := hub.PruneRecovery(t.Context(), root)
	if err != nil || slices.ContainsFunc(removed, func(p string) bool { return strings.HasSuffix(p, ".fossil") }) || len(removed) != 1 {
		t.Errorf("with an archive of which git has not all: %v, %v", removed, err)
	}
	write(t, root, ".bones/last-applied", last.UUID+"\n", 0o644)
	removed, err = hub.PruneRecovery(t.Context(), root)
	if err != nil || len(removed) != 1 || !strings.HasSuffix(removed[0], ".fossil") {
		t.Errorf("with an archive that git has: %v, %v", removed, err)
	}
}
