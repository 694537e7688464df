package fossil_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
)

func TestChangesNameWhatACheckInDid(t *testing.T) {
	r := newRepo(t)
	a := commit(t, r, fossil.Commit{Files: files("f=one\n", "gone=x\n", "same=s\n")})
	b := commit(t, r, fossil.Commit{Files: files("f=two!\n", "new=y\n"), Delete: []string{"gone"}})
	for name, c := range map[string]struct {
		rev   string
		limit int
		want  string
		total int64
	}{
		"first check-in":  {a.UUID, 0, "+f 4 +gone 2 +same 2", 3},
		"all kinds":       {b.UUID, 0, "~f 4>5 -gone 2 +new 2", 3},
		"first of them":   {b.UUID, 1, "~f 4>5", 3},
		"named by a hash": {b.UUID[:12], 0, "~f 4>5 -gone 2 +new 2", 3},
	} {
		list, total, err := r.Changes(t.Context(), c.rev, c.limit)
		var got []string
		for _, x := range list {
			switch {
			case x.Was == "":
				got = append(got, fmt.Sprintf("+%s %d", x.Name, x.NowSize))
			case x.Now == "":
				got = append(got, fmt.Sprintf("-%s %d", x.Name, x.WasSize))
			default:
				got = append(got, fmt.Sprintf("~%s %d>%d", x.Name, x.WasSize, x.NowSize))
			}
		}
		if s := strings.Join(got, " "); err != nil || s != c.want || total != c.total {
			t.Errorf("%s: %q of %d, %v, want %q of %d", name, s, total, err, c.want, c.total)
		}
	}
	if parents, err := r.Parents(t.Context(), b.UUID); err != nil || !slices.Equal(parents, []string{a.UUID}) {
		t.Errorf("Parents = %q, %v", parents, err)
	}
	if _, _, err := r.Changes(t.Context(), "none", 0); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("unknown check-in: %v, want ErrNotFound", err)
	}
}

func TestCompareKeepsItsLimits(t *testing.T) {
	r := newRepo(t)
	long := strings.Repeat("line\n", 1000)
	a := commit(t, r, fossil.Commit{Files: files("f=one\n", "bin=\x00a")})
	b := commit(t, r, fossil.Commit{Files: files("f="+long, "bin=\x00b")})
	of := func(rev string) fossil.Change {
		list, _, err := r.Changes(t.Context(), rev, 0)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		return list[1]
	}
	f := of(b.UUID)
	c, err := r.Compare(t.Context(), f.Was, f.Now, f.Name, fossil.DiffLimits{Lines: 5})
	if want := "--- a/f\n+++ b/f\n@@ -1 +1,1000 @@\n-one\n+line\n"; err != nil || c.Text != want || !c.Cut {
		t.Errorf("first five lines: %+v, %v, want\n%s", c, err, want)
	}
	if _, err := r.Compare(t.Context(), f.Was, f.Now, f.Name, fossil.DiffLimits{Bytes: 4999}); !errors.Is(err, fossil.ErrTooLarge) {
		t.Errorf("beyond the limit: %v, want ErrTooLarge", err)
	}
	f = of(a.UUID)
	if c, err := r.Compare(t.Context(), f.Was, f.Now, f.Name, fossil.DiffLimits{}); err != nil || c.Text != "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+one\n" {
		t.Errorf("an added file: %+v, %v", c, err)
	}
	if _, err := r.Compare(t.Context(), "", strings.Repeat("0", 40), "x", fossil.DiffLimits{}); !errors.Is(err, fossil.ErrNotFound) {
		t.Errorf("an unknown artifact: %v, want ErrNotFound", err)
	}
}

// TestDiffsCanBeApplied has patch make the new text of the old one.
func TestDiffsCanBeApplied(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip("no patch program")
	}
	rng := rand.New(rand.NewPCG(7, 7))
	r := newRepo(t)
	for i := range 60 {
		before := randomLines(rng, rng.IntN(80), 1+rng.IntN(60))
		after := edited(rng, before)
		if i%7 == 0 {
			after = randomLines(rng, rng.IntN(80), 1+rng.IntN(60))
		}
		was, now := strings.Join(before, ""), strings.Join(after, "")
		if was == now {
			continue
		}
		a := commit(t, r, fossil.Commit{Files: []fossil.File{{Name: "f", Content: []byte(was)}}, Replace: true, Comment: fmt.Sprint("was ", i), Time: time.Unix(int64(1e9+i*10), 0)})
		b := commit(t, r, fossil.Commit{Files: []fossil.File{{Name: "f", Content: []byte(now)}}, Replace: true, Comment: fmt.Sprint("now ", i), Time: time.Unix(int64(1e9+i*10+5), 0)})
		diff, err := r.Diff(t.Context(), a.UUID, b.UUID, "f")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(was), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(patch, "-s", "-F0", path)
		cmd.Stdin = strings.NewReader(diff)
		out, err := cmd.CombinedOutput()
		got, _ := os.ReadFile(path)
		if err != nil || string(got) != now {
			t.Fatalf("patch: %v %s\nfrom %q\nto %q\nby\n%s\ngot %q", err, out, was, now, diff, got)
		}
	}
}

func randomLines(rng *rand.Rand, n, kinds int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d\n", rng.IntN(kinds))
	}
	return lines
}

func edited(rng *rand.Rand, lines []string) []string {
	var out []string
	for _, s := range lines {
		switch rng.IntN(12) {
		case 0:
		case 1:
			out = append(out, s, fmt.Sprintf("new %d\n", rng.IntN(9)))
		case 2:
			out = append(out, fmt.Sprintf("other %d\n", rng.IntN(9)))
		default:
			out = append(out, s)
		}
	}
	return out
}

// TestLargeDiffsTakeNoLongTime compares files in which each third line changed, and
// ones that have no line in common.
func TestLargeDiffsTakeNoLongTime(t *testing.T) {
	r := newRepo(t)
	for name, change := range map[string]func(i int) string{
		"scattered": func(i int) string {
			if i%3 == 0 {
				return "changed\n"
			}
			return fmt.Sprintf("line %d\n", i)
		},
		"all the same": func(int) string { return "same\n" },
	} {
		var was, now strings.Builder
		for i := range 200_000 {
			fmt.Fprintf(&was, "line %d\n", i)
			now.WriteString(change(i))
		}
		a := commit(t, r, fossil.Commit{Files: []fossil.File{{Name: name, Content: []byte(was.String())}}, Comment: name})
		b := commit(t, r, fossil.Commit{Files: []fossil.File{{Name: name, Content: []byte(now.String())}}, Comment: name + "2"})
		begin := time.Now()
		diff, err := r.Diff(t.Context(), a.UUID, b.UUID, name)
		if took := time.Since(begin); err != nil || diff == "" || took > 20*time.Second {
			t.Errorf("%s: %d bytes in %s, %v", name, len(diff), took, err)
		}
		t.Logf("%s: %s", name, time.Since(begin))
	}
}
