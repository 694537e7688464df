package bonesdir_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/bonesdir"
)

// put makes a file and the directories above it.
func put(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

func mkdir(tb testing.TB, path string) {
	tb.Helper()
	if err := os.MkdirAll(path, 0o700); err != nil {
		tb.Fatal(err)
	}
}

func TestResolve(t *testing.T) {
	const marker = ".bones/agent.id"
	cases := []struct {
		name  string
		files []string
		start string
		want  string // "" for ErrNoWorkspace
	}{
		{"finds the workspace at the start", []string{"w/" + marker}, "w", "w"},
		{"walks up to the workspace", []string{"w/" + marker}, "w/a/b", "w"},
		{"takes the nearest workspace", []string{"w/" + marker, "w/a/" + marker}, "w/a/b", "w/a"},
		{"passes a bare .bones by", []string{"w/" + marker, "w/a/.bones/workspaces/x.json"}, "w/a", "w"},
		{"falls back to the git work tree", []string{"w/.git/HEAD"}, "w/a", "w"},
		{"knows linked work trees", []string{"w/.git/HEAD", "w/l/.git=gitdir: elsewhere"}, "w/l/a", "w/l"},
		{"prefers a workspace above a work tree", []string{"w/" + marker, "w/a/.git/HEAD"}, "w/a/b", "w"},
		{"passes an empty .git by", []string{"w/.git/HEAD", "w/a/.git/x"}, "w/a", "w"},
		{"passes a foreign .git file by", []string{"w/.git/HEAD", "w/a/.git=junk"}, "w/a", "w"},
		{"finds nothing", []string{"w/x"}, "w", ""},
		{"accepts a start that does not exist", []string{"w/" + marker}, "w/no/such", "w"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("BONES_DIR", "")
			top := t.TempDir()
			for _, f := range c.files {
				name, text, _ := strings.Cut(f, "=")
				put(t, filepath.Join(top, name), text)
			}
			got, err := bonesdir.Resolve(filepath.Join(top, c.start))
			if c.want == "" {
				if !errors.Is(err, bonesdir.ErrNoWorkspace) || !strings.Contains(err.Error(), c.start) {
					t.Errorf("got %q, %v", got, err)
				}
			} else if err != nil || got != filepath.Join(top, c.want) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestResolveKeepsSymbolicLinks(t *testing.T) {
	t.Setenv("BONES_DIR", "")
	top := t.TempDir()
	put(t, filepath.Join(top, "real/.bones/agent.id"), "")
	link := filepath.Join(top, "link")
	if err := os.Symlink(filepath.Join(top, "real"), link); err != nil {
		t.Skip(err)
	}
	if got, err := bonesdir.Resolve(link); err != nil || got != link {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestResolveTakesARelativeStart(t *testing.T) {
	t.Setenv("BONES_DIR", "")
	top := t.TempDir()
	put(t, filepath.Join(top, ".bones/agent.id"), "")
	mkdir(t, filepath.Join(top, "a"))
	t.Chdir(filepath.Join(top, "a"))
	if got, err := bonesdir.Resolve("."); err != nil || got != top {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestResolveGivesUpAfter64Directories(t *testing.T) {
	t.Setenv("BONES_DIR", "")
	deep := "/" + strings.Repeat("d/", 63)
	if _, err := bonesdir.Resolve(deep); !errors.Is(err, bonesdir.ErrNoWorkspace) {
		t.Errorf("at 63: %v", err)
	}
	if _, err := bonesdir.Resolve(deep + "d"); !errors.Is(err, bonesdir.ErrTooDeep) {
		t.Errorf("at 64: %v", err)
	}
}

func TestMovedState(t *testing.T) {
	top := t.TempDir()
	moved := filepath.Join(top, "moved")
	put(t, filepath.Join(top, "w/.bones/agent.id"), "")
	put(t, filepath.Join(moved, "x"), "")
	t.Setenv("BONES_DIR", moved)
	start := filepath.Join(top, "w", "a")

	if got, err := bonesdir.Resolve(start); err != nil || got != filepath.Join(top, "w") {
		t.Errorf("without agent.id: got %q, %v", got, err)
	}
	put(t, filepath.Join(moved, "agent.id"), "")
	if got, err := bonesdir.Resolve(start); err != nil || got != start {
		t.Errorf("with agent.id: got %q, %v", got, err)
	}
	d := bonesdir.At(start)
	if d.PIDFile() != filepath.Join(moved, "hub.pid") {
		t.Errorf("hub.pid is %s", d.PIDFile())
	}
	if d.SwarmEvents() != filepath.Join(start, ".bones", "swarm-events.jsonl") {
		t.Errorf("swarm events are %s", d.SwarmEvents())
	}
	if other := bonesdir.AtDefault("/other"); other.State != filepath.Join("/other", ".bones") {
		t.Errorf("another workspace's state is %s", other.State)
	}
}
