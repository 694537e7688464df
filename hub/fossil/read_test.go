package fossil_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"bones-tui/hub/fossil"
)

func TestResolveNames(t *testing.T) {
	r := newRepo(t)
	first := commit(t, r, fossil.Commit{Files: files("a=1"), Tags: []fossil.Tag{{Name: "sym-v1"}}})
	second := commit(t, r, fossil.Commit{Files: files("a=2")})
	side := commit(t, r, fossil.Commit{Branch: "side", Parent: first.UUID, Files: files("a=3")})
	for name, want := range map[string]string{
		"":               side.UUID,
		"tip":            side.UUID,
		"trunk":          second.UUID,
		"side":           side.UUID,
		"v1":             first.UUID,
		first.UUID:       first.UUID,
		second.UUID[:10]: second.UUID,
	} {
		if ci, err := r.Resolve(t.Context(), name); err != nil || ci.UUID != want {
			t.Errorf("%q is %v, %v; want %s", name, ci, err, want)
		}
	}
	for _, name := range []string{"nothing", first.UUID[:3], "0000000000", "%", "ffffffffffffffffffffffffffffffffffffffffffff"} {
		if ci, err := r.Resolve(t.Context(), name); !errors.Is(err, fossil.ErrNotFound) {
			t.Errorf("%q is %v, %v; want ErrNotFound", name, ci, err)
		}
	}
}

func TestTimelineFilters(t *testing.T) {
	r := newRepo(t)
	base := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i, c := range []fossil.Commit{
		{User: "orchestrator", Comment: "session base: abc"},
		{User: "slot-a", Comment: "work"},
		{User: "slot-b", Comment: "more", Branch: "b"},
		{User: "orchestrator", Comment: "session base: def", Branch: "trunk"},
	} {
		c.Time = base.Add(time.Duration(i) * time.Minute)
		c.Files = files("n=" + string(rune('0'+i)))
		if c.Branch == "b" {
			tip, err := r.Tip(t.Context(), fossil.Trunk)
			if err != nil {
				t.Fatal(err)
			}
			c.Parent = tip.UUID
		}
		commit(t, r, c)
	}
	for name, c := range map[string]struct {
		options fossil.TimelineOptions
		want    string
	}{
		"all":    {fossil.TimelineOptions{}, "3210"},
		"limit":  {fossil.TimelineOptions{Limit: 2}, "32"},
		"skip":   {fossil.TimelineOptions{Limit: 2, Skip: 1}, "21"},
		"branch": {fossil.TimelineOptions{Branch: "b"}, "2"},
		"user":   {fossil.TimelineOptions{User: "orchestrator"}, "30"},
		"prefix": {fossil.TimelineOptions{CommentPrefix: "session base: "}, "30"},
		"before": {fossil.TimelineOptions{Before: base.Add(2 * time.Minute)}, "10"},
		"after":  {fossil.TimelineOptions{After: base.Add(1 * time.Minute)}, "32"},
		"both":   {fossil.TimelineOptions{Branch: fossil.Trunk, CommentPrefix: "session", Limit: 1}, "3"},
	} {
		list, err := r.Timeline(t.Context(), c.options)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, ci := range list {
			got += string(rune('0' + int(ci.Time.Sub(base)/time.Minute)))
		}
		if got != c.want {
			t.Errorf("%s: check-ins %s, want %s", name, got, c.want)
		}
	}
}

func TestDiffIsUnified(t *testing.T) {
	r := newRepo(t)
	a := commit(t, r, fossil.Commit{Files: files("f=one\ntwo\nthree\n", "bin=\x00a", "gone=x\n", "same=s\n")})
	b := commit(t, r, fossil.Commit{Files: files("f=one\n2\nthree", "bin=\x00b", "new=y\n"), Delete: []string{"gone"}})
	for name, want := range map[string]string{
		"f":    "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n one\n-two\n-three\n+2\n+three\n\\ No newline at end of file\n",
		"bin":  "Binary file bin differs\n",
		"new":  "--- a/new\n+++ b/new\n@@ -0,0 +1 @@\n+y\n",
		"gone": "--- a/gone\n+++ b/gone\n@@ -1 +0,0 @@\n-x\n",
		"same": "",
	} {
		if got, err := r.Diff(t.Context(), a.UUID, b.UUID, name); err != nil || got != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want)
		}
	}
	if _, err := r.Diff(t.Context(), a.UUID, b.UUID, "none"); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("missing file: %v, want ErrNotFound", err)
	}
	if _, err := r.Diff(t.Context(), a.UUID, "none", "f"); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("missing check-in: %v, want ErrNotFound", err)
	}
}

func TestSubscribersHearOfEveryCheckIn(t *testing.T) {
	r := newRepo(t)
	var mu sync.Mutex
	var heard []string
	cancel := r.Subscribe(func(ci fossil.CheckIn) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, ci.Comment)
	})
	commit(t, r, fossil.Commit{Files: files("a=1"), Comment: "one"})
	commit(t, r, fossil.Commit{Files: files("a=2"), Comment: "two"})
	cancel()
	commit(t, r, fossil.Commit{Files: files("a=3"), Comment: "three"})
	mu.Lock()
	defer mu.Unlock()
	if len(heard) != 2 || heard[0] != "one" || heard[1] != "two" {
		t.Errorf("heard %q, want one and two", heard)
	}
}

func TestUsers(t *testing.T) {
	r := newRepo(t)
	ctx := t.Context()
	if err := r.CreateUser(ctx, fossil.User{Login: "slot-a", Caps: "oih"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.CreateUser(ctx, fossil.User{Login: "slot-a"}, ""); err == nil {
		t.Error("a second account of one login was accepted")
	}
	if err := r.SetCaps(ctx, "slot-a", "o"); err != nil {
		t.Fatal(err)
	}
	if u, err := r.GetUser(ctx, "slot-a"); err != nil || u.Caps != "o" {
		t.Errorf("user %+v, %v; want caps o", u, err)
	}
	list, err := r.ListUsers(ctx)
	if err != nil || len(list) != 6 || list[5].Login != "slot-a" {
		t.Errorf("users %v, %v; want six, slot-a last", list, err)
	}
	if err := r.DeleteUser(ctx, "slot-a"); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{r.DeleteUser(ctx, "slot-a"), r.SetCaps(ctx, "slot-a", "o")} {
		if !errors.Is(err, fossil.ErrNotFound) {
			t.Errorf("missing user: %v, want ErrNotFound", err)
		}
	}
	if _, err := r.GetUser(ctx, "slot-a"); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("deleted user: %v, want ErrNotFound", err)
	}
}

func TestSettings(t *testing.T) {
	r := newRepo(t)
	if err := r.SetConfig(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Config(t.Context(), "k"); err != nil || v != "v" {
		t.Errorf("k is %q, %v", v, err)
	}
	if err := r.SetConfig(t.Context(), "k", ""); err != nil {
		t.Fatal(err)
	}
	if v, err := r.Config(t.Context(), "k"); err != nil || v != "" {
		t.Errorf("k is %q, %v; want it gone", v, err)
	}
	server, err := r.Config(t.Context(), "server-code")
	if err != nil || server != r.ProjectCode() || r.ProjectName() != "demo" {
		t.Errorf("server code %s, %v; want the project's %s, named %q", server, err, r.ProjectCode(), r.ProjectName())
	}
}
