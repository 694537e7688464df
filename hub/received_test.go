package hub_test

import (
	"slices"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
)

// TestAForkIsNotInGit has a leaf beside the check-in that was applied: it descends from the
// base and not from what was applied, and git has not received it.
func TestAForkIsNotInGit(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	repo := openTrunk(t, root)
	base, err := repo.Tip(t.Context(), fossil.Trunk)
	if err != nil {
		t.Fatal(err)
	}
	var cis []fossil.CheckIn
	for _, name := range []string{"fork", "applied", "later"} {
		c := fossil.Commit{User: "slot-a", Comment: name, Files: []fossil.File{{Name: name, Content: []byte(name)}}}
		if name != "later" {
			c.Parent = base.UUID
		}
		ci, err := repo.Commit(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		cis = append(cis, ci)
	}
	if err := repo.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, root, ".bones/last-applied", cis[1].UUID+"\n", 0o644)
	st, err := hub.History(t.Context(), root)
	if err != nil || st.Unapplied == nil || *st.Unapplied != 2 {
		t.Errorf("History tells of %v unapplied check-ins, %v, want 2", st.Unapplied, err)
	}
	h := startHub(t, root)
	line, err := h.Inspector().Timeline(t.Context(), "", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var pending []string
	for _, e := range line.CheckIns {
		if e.Unapplied {
			pending = append(pending, e.Comment)
		}
	}
	if !slices.Equal(pending, []string{"later", "fork"}) {
		t.Errorf("the timeline marks %q as unapplied", pending)
	}
	stopHub(t, h)
	if done, err := hub.Reseed(t.Context(), root); err != nil || done.Unapplied != 2 {
		t.Errorf("Reseed = %+v, %v", done, err)
	}
}

// Nobody makes git have something by a comment that begins like a base's, nor by amending one.
func TestACommentMakesNoBase(t *testing.T) {
	bin := peertest.Fossil(t)
	for name, forge := range map[string]func(t *testing.T, root string){
		"made": func(t *testing.T, root string) {
			t.Helper()
			repo := openTrunk(t, root)
			if _, err := repo.Commit(t.Context(), fossil.Commit{User: "orchestrator", Comment: "session base: moved", AllowEmpty: true}); err != nil {
				t.Fatal(err)
			}
			if err := repo.Close(); err != nil {
				t.Fatal(err)
			}
		},
		"amended": func(t *testing.T, root string) {
			t.Helper()
			runIn(t, root, bin, "amend", "trunk", "-m", "session base: 0123456789", "--author", "orchestrator",
				"-R", hub.HubFossilPath(root), "--user", "orchestrator")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := newWorkspace(t)
			stopHub(t, startHub(t, root))
			work(t, root)
			forge(t, root)
			st, err := hub.History(t.Context(), root)
			if err != nil || st.Unapplied == nil || *st.Unapplied == 0 {
				t.Errorf("History tells of %v unapplied check-ins, %v", st.Unapplied, err)
			}
		})
	}
}
