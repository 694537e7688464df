package hub_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
)

// stranger is a git repository that somebody else has made.
type stranger struct {
	script string   // makes it, in an empty directory
	below  string   // the workspace's root, if it is not that directory
	told   []string // parts of what hub.log must say, once each; it warns of nothing else
	head   []string // files that must be as HEAD has them, whatever the work tree says
	gone   []string // files that git shows and a seed leaves out

	refused string // part of the reason for which nothing is seeded
	next    string // and of the next step
}

// preamble makes a repository with a commit, unless a script begins otherwise.
const preamble = `
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@example.org GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@example.org
new() { git init -q -b main "$@"; }
save() { git add -A && git commit -q -m "${1:-more}"; }
seeded() { mkdir -p "${1:-.}" && cd "${1:-.}" && cp -R "$template/." .; }
sparse() { git update-index -q --refresh; git sparse-checkout set "$@"; }
`

// TestWhatIsSeededIsWhatGitShows seeds a repository from each of them, and has stock fossil
// check it out: every byte is as git shows it, or the refusal says what to do.
func TestWhatIsSeededIsWhatGitShows(t *testing.T) {
	peertest.Fossil(t)
	links := exec.Command("fossil", "settings", "--global", "allow-symlinks", "on") // in the home of these tests
	links.Env = append(os.Environ(), "USER=t")
	if out, err := links.CombinedOutput(); err != nil {
		t.Fatalf("fossil: %v\n%s", err, out)
	}
	template := t.TempDir()
	runScript(t, template, preamble+`new; echo hello >README; mkdir -p dir/deep; echo a >dir/a; echo b >dir/deep/b; save; rm -r .git/hooks`)
	for name, s := range strangers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top := filepath.Join(realPath(t, t.TempDir()), "w")
			if err := os.Mkdir(top, 0o755); err != nil {
				t.Fatal(err)
			}
			runScript(t, top, "template="+template+preamble+s.script)
			root := filepath.Join(top, s.below)
			done, err := hub.Reseed(t.Context(), root)
			if s.refused != "" {
				s.expectRefusal(t, root, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s.expectTold(t, root)
			want := s.shown(t, root)
			if got := checkedOut(t, root); !maps.Equal(got, want) {
				t.Errorf("a check-out differs from what git shows: %s", differences(got, want))
			}
			if done.Files != len(want) {
				t.Errorf("%d files seeded, want %d", done.Files, len(want))
			}
		})
	}
}

func (s stranger) expectRefusal(t *testing.T, root string, err error) {
	t.Helper()
	var seed *hub.SeedError
	if !errors.As(err, &seed) || !errors.Is(err, hub.ErrSeedPrecondition) {
		t.Fatalf("the seed says %v, want a SeedError", err)
	}
	if !strings.Contains(seed.Reason, s.refused) || !strings.Contains(seed.Next, s.next) || strings.ContainsAny(seed.Error(), "\n\x1b") {
		t.Errorf("reason %q, next %q; want %q, %q", seed.Reason, seed.Next, s.refused, s.next)
	}
	if _, err := os.Lstat(filepath.Join(root, ".bones")); !errors.Is(err, fs.ErrNotExist) && !errors.Is(seed, hub.ErrTrackedState) {
		t.Errorf("a refused seed has made a state directory: %v", err)
	}
	var found bool
	for _, f := range checkup.Run(t.Context(), root) {
		found = found || f.Grade == findings.GradeFail && strings.Contains(f.Text, s.refused) && strings.Contains(f.Next, s.next)
	}
	if !found {
		t.Error("a checkup does not find what keeps a hub from starting")
	}
}

func (s stranger) expectTold(t *testing.T, root string) {
	t.Helper()
	warnings := map[string]int{}
	for _, e := range entries(t, hub.LogPath(root)) {
		if e.Level == hub.LevelWarn && !strings.Contains(e.Msg, "reseeded") {
			warnings[e.Msg]++
		}
	}
	for _, want := range s.told {
		told := 0
		for msg, n := range warnings {
			if strings.Contains(msg, want) {
				told += n
				delete(warnings, msg)
			}
		}
		if told != 1 {
			t.Errorf("hub.log says %d times %q", told, want)
		}
	}
	if len(warnings) > 0 {
		t.Errorf("hub.log also warns of %v", warnings)
	}
}

// shown asks git itself for what it shows: the tree that it would make of every tracked
// file as it is now, by name: content, after "link " or "exec ".
func (s stranger) shown(t *testing.T, root string) map[string]string {
	t.Helper()
	script := `GIT_INDEX_FILE=$(git rev-parse --path-format=absolute --git-path index)
cp -p "$GIT_INDEX_FILE" "$GIT_INDEX_FILE.copy"
GIT_INDEX_FILE=$GIT_INDEX_FILE.copy
export GIT_INDEX_FILE GIT_LITERAL_PATHSPECS=1 GIT_NO_LAZY_FETCH=1 GIT_NO_REPLACE_OBJECTS=1
`
	if len(s.gone) > 0 {
		script += "git update-index --force-remove -- '" + strings.Join(s.gone, "' '") + "'\n"
	}
	script += "git add --sparse -u .\n"
	if len(s.head) > 0 {
		script += "git reset -q HEAD -- '" + strings.Join(s.head, "' '") + "'\n"
	}
	shown := map[string]string{}
	files := tar.NewReader(strings.NewReader(runScript(t, root, script+`git archive --format=tar $(git write-tree --missing-ok)`)))
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return shown
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader || fossil.CheckName(h.Name) != nil {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		kind := ""
		switch {
		case h.Typeflag == tar.TypeSymlink:
			kind = "link " + h.Linkname
		case h.Mode&0o100 != 0:
			kind = "exec "
		}
		shown[h.Name] = kind + string(content)
	}
}

// checkedOut is what stock fossil makes of the hub's repository, in the form of shown.
func checkedOut(t *testing.T, root string) map[string]string {
	t.Helper()
	tree := t.TempDir()
	cmd := exec.Command("fossil", "open", hub.HubFossilPath(root))
	cmd.Dir = tree
	cmd.Env = append(os.Environ(), "USER=t")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("fossil: %v\n%s", err, out)
	}
	got := map[string]string{}
	err := filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".fslckout" {
			return err
		}
		info, err := d.Info()
		var kind, content string
		switch {
		case err != nil:
			return err
		case d.Type()&fs.ModeSymlink != 0:
			kind = "link "
			content, err = os.Readlink(path)
		default:
			content = readFile(t, path)
			if info.Mode()&0o100 != 0 {
				kind = "exec "
			}
		}
		got[strings.TrimPrefix(path, tree+"/")] = kind + content
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func differences(got, want map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if g, ok := got[name]; !ok {
			fmt.Fprintf(&b, "\n%q is missing", name)
		} else if g != want[name] {
			fmt.Fprintf(&b, "\n%q is %.60q, want %.60q", name, g, want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			fmt.Fprintf(&b, "\n%q is too much: %.60q", name, got[name])
		}
	}
	return b.String()
}

// runScript returns what a script of sh prints.
func runScript(t *testing.T, dir, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-euc", script)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the script: %v\n%s", err, &errs)
	}
	return string(out)
}
