package fossil_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bones-tui/hub/fossil"
)

// step is one check-in of a random history. Numbers pick from what exists, modulo
// how much that is.
type step struct {
	on     int    // the check-in to build on
	branch string // a new branch, or "" to stay
	merge  int    // another check-in, or -1
	puts   []put
	drops  []int // names to delete
	moves  []int // names to rename
}

type put struct {
	name int
	file entry
}

// entry is a file in the model of a tree.
type entry struct {
	perm    fossil.Perm
	content string
}

type snapshot map[string]entry

// fileNames are hard ones among easy ones.
func fileNames() []string {
	return []string{"a", "b/c", "b/d e", "grüße/☃", "Z", "b.c", "x[1]*", "-dash", "b/c2/deep/er/f", "日本"}
}

// histories draws histories of least to most check-ins.
func histories(least, most int) *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		branches := 0
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			s := step{on: rapid.IntRange(0, 99).Draw(t, "on"), merge: -1}
			if rapid.IntRange(0, 3).Draw(t, "recent") > 0 {
				s.on = -1
			}
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				branches++
				s.branch = fmt.Sprint("branch", branches)
			case 1:
				s.merge = rapid.IntRange(0, 99).Draw(t, "merge")
			}
			s.puts = rapid.SliceOfN(rapid.Custom(drawPut), 0, 4).Draw(t, "puts")
			s.drops = rapid.SliceOfN(rapid.IntRange(0, 99), 0, 1).Draw(t, "drops")
			s.moves = rapid.SliceOfN(rapid.IntRange(0, 99), 0, 1).Draw(t, "moves")
			return s
		}), least, most).Draw(t, "steps")
	})
}

func drawPut(t *rapid.T) put {
	p := put{name: rapid.IntRange(0, len(fileNames())-1).Draw(t, "name")}
	p.file.perm = rapid.SampledFrom([]fossil.Perm{fossil.Regular, fossil.Regular, fossil.Exec, fossil.Symlink}).Draw(t, "perm")
	if p.file.perm == fossil.Symlink {
		p.file.content = rapid.SampledFrom([]string{"a", "b/c", "nowhere"}).Draw(t, "target")
		return p
	}
	line := rapid.StringMatching(`[a-z]{0,9}\n`)
	p.file.content = strings.Join(rapid.SliceOfN(line, 0, 30).Draw(t, "lines"), "")
	return p
}

// made is a check-in of the model.
type made struct {
	uuid, branch string
	tree         snapshot
}

// apply returns what the step makes of its base: the tree, and the names that
// went from old to new place.
func (s step) apply(base snapshot) (result snapshot, renamed map[string]string) {
	result, renamed = maps.Clone(base), map[string]string{}
	pick := func(n int) (string, bool) {
		if len(result) == 0 {
			return "", false
		}
		names := slices.Sorted(maps.Keys(result))
		return names[n%len(names)], true
	}
	for _, n := range s.drops {
		if name, ok := pick(n); ok {
			delete(result, name)
		}
	}
	for _, n := range s.moves {
		old, ok := pick(n)
		to := fileNames()[n%len(fileNames())]
		if _, taken := result[to]; ok && !taken {
			result[to], renamed[old] = result[old], to
			delete(result, old)
		}
	}
	for _, p := range s.puts {
		result[fileNames()[p.name]] = p.file
	}
	return result, renamed
}

// commitAll makes the history in r and returns the model.
func commitAll(tb rapid.TB, r *fossil.Repo, steps []step) []made {
	tb.Helper()
	all := []made{}
	add := func(c fossil.Commit, t snapshot) {
		ci, err := r.Commit(context.Background(), c)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, made{ci.UUID, ci.Branch, t})
	}
	add(fossil.Commit{Comment: "root", Replace: true, Files: []fossil.File{{Name: "a", Content: []byte("first\n")}}}, snapshot{"a": {content: "first\n"}})
	for i, s := range steps {
		base := choose(all, s.on)
		result, _ := s.apply(base.tree)
		c := fossil.Commit{Parent: base.uuid, Branch: s.branch, Comment: fmt.Sprint("step ", i), User: "rapid", AllowEmpty: true}
		for name, e := range result {
			if old, ok := base.tree[name]; !ok || old != e {
				c.Files = append(c.Files, fossil.File{Name: name, Perm: e.perm, Content: []byte(e.content)})
			}
		}
		for name := range base.tree {
			if _, ok := result[name]; !ok {
				c.Delete = append(c.Delete, name)
			}
		}
		if other := choose(all, s.merge); s.merge >= 0 && other.uuid != base.uuid {
			c.Merge = []string{other.uuid}
		}
		add(c, result)
	}
	return all
}

// choose returns a check-in by number, the last one for -1.
func choose(all []made, n int) made {
	if n < 0 {
		return all[len(all)-1]
	}
	return all[n%len(all)]
}

// checkTrees fails unless r has exactly the trees of the model.
func checkTrees(tb rapid.TB, r *fossil.Repo, all []made) {
	tb.Helper()
	ctx := context.Background()
	for _, m := range all {
		files, err := r.Files(ctx, m.uuid)
		if err != nil {
			tb.Fatal(err)
		}
		got := snapshot{}
		for _, f := range files {
			content, err := r.ReadFileAt(ctx, m.uuid, f.Name)
			if err != nil {
				tb.Fatal(err)
			}
			got[f.Name] = entry{f.Perm, string(content)}
		}
		if !maps.Equal(got, m.tree) {
			tb.Fatalf("check-in %s = %v, want %v", m.uuid, got, m.tree)
		}
		if ci, err := r.Resolve(ctx, m.uuid); err != nil || ci.Branch != m.branch {
			tb.Fatalf("check-in %s is on %q, %v, want %q", m.uuid, ci.Branch, err, m.branch)
		}
	}
}

func TestRandomHistoriesSurviveOurClone(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // the usual 100 take too long here
		if err := f.Value.Set(strconv.Itoa(smaller(30))); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
	}
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "history")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		r, err := fossil.Create(ctx, filepath.Join(dir, "hub"), fossil.CreateOptions{RelaxedSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		all := commitAll(t, r, histories(1, 8).Draw(t, "history"))
		checkTrees(t, r, all)
		c, err := fossil.Clone(ctx, filepath.Join(dir, "clone"), direct(r), fossil.CloneOptions{RelaxedSync: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		checkTrees(t, c, all)
	})
}
