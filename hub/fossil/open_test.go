package fossil_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

// seededFile returns the path of a closed repository.
func seededFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.fossil")
	r, err := fossil.Create(t.Context(), path, fossil.CreateOptions{ProjectName: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, r, fossil.Commit{Files: sourceTree(120, 3000), Replace: true})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// neighbours returns the names in the directory of path.
func neighbours(t *testing.T, path string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCreateMakesOnePrivateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b#c?%41.fossil")
	r, err := fossil.Create(t.Context(), path, fossil.CreateOptions{ProjectCode: "3c1f25acd540dd3f7d9e5dd695143e455ebb4a9b"})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() < 16834 {
		t.Errorf("mode %v, %d bytes; want 0600 and a whole schema in the main file", info.Mode(), info.Size())
	}
	if r.ProjectCode() != "3c1f25acd540dd3f7d9e5dd695143e455ebb4a9b" {
		t.Errorf("project code %s is not the given one", r.ProjectCode())
	}
	commit(t, r, fossil.Commit{Files: files("a=1")})
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if names := neighbours(t, path); !slices.Equal(names, []string{filepath.Base(path)}) {
		t.Errorf("after Close there are %q", names)
	}
	if _, err := r.Tip(t.Context(), fossil.Trunk); !errors.Is(err, fossil.ErrClosed) {
		t.Errorf("use after Close: %v, want ErrClosed", err)
	}
	if _, err := fossil.Create(t.Context(), path, fossil.CreateOptions{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second Create: %v, want fs.ErrExist", err)
	}
	if _, err := fossil.Create(t.Context(), path+"2", fossil.CreateOptions{ProjectCode: "xyz"}); err == nil {
		t.Error("a bad project code was accepted")
	}
}

func TestOpenKeepsEverything(t *testing.T) {
	path := seededFile(t)
	for _, mode := range []fossil.Mode{fossil.ReadWrite, fossil.ReadOnly} {
		r, err := fossil.Open(t.Context(), path, mode)
		if err != nil {
			t.Fatal(err)
		}
		if list := tree(t, r, "trunk"); len(list) != 120 {
			t.Errorf("mode %d: %d files, want 120", mode, len(list))
		}
		if err := r.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if names := neighbours(t, path); len(names) != 1 {
			t.Errorf("mode %d leaves %q", mode, names)
		}
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := write("other.db", nil)
	execSQL(t, other, "CREATE TABLE t(x)")
	for name, c := range map[string]struct {
		path string
		want error
	}{
		"missing":        {filepath.Join(dir, "none"), fs.ErrNotExist},
		"empty":          {write("empty", nil), fossil.ErrNotRepository},
		"text":           {write("text", bytes.Repeat([]byte("hello "), 4000)), fossil.ErrNotRepository},
		"other database": {other, fossil.ErrNotRepository},
	} {
		before, _ := os.ReadFile(c.path)
		if _, err := fossil.Open(t.Context(), c.path, fossil.ReadWrite); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if after, _ := os.ReadFile(c.path); !bytes.Equal(before, after) {
			t.Errorf("%s: file was changed", name)
		}
	}
}

func TestReadOnlySeesALiveHubAndTouchesNothing(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: files("a=1")})
	view, err := fossil.Open(t.Context(), r.Path(), fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	for _, content := range []string{"2", "3"} {
		ci := commit(t, r, fossil.Commit{Files: files("a=" + content)})
		if tip, err := view.Tip(t.Context(), fossil.Trunk); err != nil || tip.UUID != ci.UUID {
			t.Errorf("the view sees %v, %v; want %s", tip, err, ci.UUID)
		}
	}
	if _, err := view.Commit(t.Context(), fossil.Commit{Files: files("a=4")}); !errors.Is(err, fossil.ErrReadOnly) {
		t.Errorf("commit: %v, want ErrReadOnly", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if names := neighbours(t, r.Path()); len(names) != 1 {
		t.Errorf("an idle view keeps %q alive", names)
	}
	checkFiles(t, view, "trunk", "a=3")
	if names := neighbours(t, r.Path()); len(names) != 1 {
		t.Errorf("reading made %q", names)
	}
}

func TestOpenAfterACrashHasEveryCommit(t *testing.T) {
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: files("a=1")})
	var last fossil.CheckIn
	for _, content := range []string{"2", "3", "4"} {
		last = commit(t, r, fossil.Commit{Files: files("a=" + content)})
	}
	crashed := filepath.Join(t.TempDir(), "hub.fossil")
	for _, suffix := range []string{"", "-wal"} {
		copyWhileOpen(t, r.Path()+suffix, crashed+suffix)
	}
	again, err := fossil.Open(t.Context(), crashed, fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if tip, err := again.Tip(t.Context(), fossil.Trunk); err != nil || tip.UUID != last.UUID {
		t.Errorf("tip %v, %v; want %s", tip, err, last.UUID)
	}
}

// copyWhileOpen copies a file that a database holds open. The locks of the
// driver are per open file, so that is harmless here.
func copyWhileOpen(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsFoundAndNothingIsWritten(t *testing.T) {
	path := seededFile(t)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	found := 0
	cases := smaller(40)
	for range cases {
		damaged := bytes.Clone(sound)
		page := 2 + rng.IntN(len(damaged)/4096-2)
		for i := range 256 {
			damaged[page*4096+i] ^= byte(rng.Uint32())
		}
		if openDamaged(t, path, damaged) {
			found++
		}
	}
	if found < cases*9/10 {
		t.Errorf("damage was found in %d of %d cases", found, cases)
	}
}

// openDamaged opens a damaged file and reports whether the damage was found.
func openDamaged(t *testing.T, path string, content []byte) bool {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite)
	if r == nil {
		return true
	}
	defer r.Close()
	if err == nil {
		if r.Verify(t.Context()) == nil {
			return false
		}
		if _, err := r.Commit(context.Background(), fossil.Commit{Files: files("a=1")}); !errors.Is(err, fossil.ErrReadOnly) {
			t.Errorf("commit after damage was found: %v, want ErrReadOnly", err)
		}
		return true
	}
	var where *fossil.CorruptError
	if !errors.As(err, &where) || where.Path != path || where.Err == nil {
		t.Errorf("open: %v, want a CorruptError", err)
	}
	if _, err := r.Commit(context.Background(), fossil.Commit{Files: files("a=1")}); err == nil {
		t.Error("a damaged repository took a commit")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(after, content) {
		t.Error("a damaged file was written to")
	}
	if names := neighbours(t, path); len(names) != 1 {
		t.Errorf("files beside a damaged one: %q", names)
	}
	return true
}

func TestDamagedRepositoryIsServedReadOnly(t *testing.T) {
	path := seededFile(t)
	ctx := t.Context()
	r, err := fossil.Open(ctx, path, fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Files(ctx, "trunk")
	if err != nil {
		t.Fatal(err)
	}
	bad, good := all[0], all[1]
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	// What a flipped bit does to a file's content: its row is fine, its stream is not.
	execSQL(t, path, "UPDATE blob SET content=substr(content,1,20)||x'ff00ff'||substr(content,24) WHERE uuid=?", bad.UUID)
	execSQL(t, path, "INSERT OR IGNORE INTO unclustered SELECT rid FROM blob")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = fossil.Open(ctx, path, fossil.ReadWrite); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var where *fossil.CorruptError
	if err := r.Verify(ctx); !errors.As(err, &where) || where.Artifact != bad.UUID {
		t.Fatalf("verify: %v, want the damage of %s", err, bad.UUID)
	}
	cards := send(t, r, func(w *xfer.Writer) { w.Pull("x", r.ProjectCode()); w.Gimme(good.UUID) })
	if files := cardsOf[xfer.File](cards); len(files) != 1 || files[0].UUID != good.UUID {
		t.Errorf("a pull gets %.200v, want a sound file", cards)
	}
	content := []byte("new\n")
	var push xfer.Writer
	push.Push("x", r.ProjectCode())
	push.File(xfer.File{UUID: blob.SHA1(content), Content: content})
	reply, err := r.HandleSync(ctx, xfer.Encode(push.Bytes(), xfer.Compressed), fossil.Peer{})
	if text := errorCard(t, reply); text != "repository is read-only" || !errors.Is(err, fossil.ErrReadOnly) {
		t.Errorf("a push is told %q, the operator %v", text, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the damaged file was changed, %v", err)
	}
}

// A repository that came with a checkout may hold statements that run when it is used.
func TestForeignSchemaIsRefused(t *testing.T) {
	p := newPeer(t)
	for name, sql := range map[string]string{
		"trigger evil":             "CREATE TRIGGER evil AFTER INSERT ON event BEGIN DELETE FROM blob; END;",
		"view evil":                "CREATE VIEW evil AS SELECT * FROM config;",
		"generated column tag.x":   "ALTER TABLE tag ADD COLUMN x AS (hex(zeroblob(100000000)));",
		"index evil_expression":    "CREATE INDEX evil_expression ON tag(hex(zeroblob(1000)));",
		"index evil_partial":       "CREATE INDEX evil_partial ON tag(tagid) WHERE hex(tagname)<>'x';",
		"virtual table evil_table": "CREATE VIRTUAL TABLE evil_table USING fts4(x);",
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			path := seededFile(t)
			p.run("sql", "-R", path, sql)
			for _, mode := range []fossil.Mode{fossil.ReadOnly, fossil.ReadWrite} {
				r, err := fossil.Open(t.Context(), path, mode)
				if !errors.Is(err, fossil.ErrNotRepository) || !strings.Contains(err.Error(), name) || r != nil {
					t.Errorf("%v: %v", mode, err)
				}
			}
		})
	}
	path := seededFile(t)
	p.run("rebuild", path)
	p.run("fts-config", "index", "on", "-R", path) // both make views
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite)
	if err != nil {
		t.Fatalf("Fossil's own views: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
