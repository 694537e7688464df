package fossil_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

// One check-in dated far ahead would keep every client of Fossil from committing.
func TestCheckInsOfTheFutureAreRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, c := range map[string]struct {
		date    time.Time
		refused bool
	}{
		"now":            {now, false},
		"1970":           {time.Unix(0, 0), false},
		"an hour ahead":  {now.Add(time.Hour), false},
		"two days ahead": {now.Add(48 * time.Hour), true},
		"year 9999":      {artifact.Last, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			tip := commit(t, r, fossil.Commit{Files: files("a=1")})
			file := []byte("x")
			manifest := (&artifact.Artifact{
				Kind: artifact.CheckIn, Comment: "x", Time: c.date, User: "tester",
				Files: []artifact.File{{Name: "f", UUID: blob.SHA1(file)}}, Parents: []string{tip.UUID},
			}).Encode()
			cards := send(t, r, func(w *xfer.Writer) {
				w.Push("x", r.ProjectCode())
				for _, content := range [][]byte{file, manifest} {
					w.File(xfer.File{UUID: blob.SHA1(content), Content: content})
				}
			})
			_, err := r.Resolve(t.Context(), blob.SHA1(manifest))
			var said string
			for _, e := range cardsOf[xfer.Error](cards) {
				said += e.Text
			}
			if told := strings.Contains(said, "more than a day ahead of the hub's clock"); told != c.refused || (err != nil) != c.refused {
				t.Errorf("the client is told %q, and the check-in is here: %v", said, err == nil)
			}
		})
	}
}

func TestFossilIsToldThatItsClockIsWrong(t *testing.T) {
	p := newPeer(t)
	hub := newRepo(t)
	if err := hub.SetCaps(t.Context(), "nobody", "gio"); err != nil {
		t.Fatal(err)
	}
	commit(t, hub, fossil.Commit{Files: files("a=1")})
	url := serve(t, hub)
	p.run("clone", url, "c.fossil")
	p.run("open", "c.fossil")
	p.write("a", "changed")
	out, _ := p.try("commit", "-m", "future", "--no-warnings", "--date-override", "9999-12-31")
	if !strings.Contains(out, "is dated 9999-12-31, more than a day ahead") {
		t.Errorf("fossil says %q", out)
	}
	if n := mustTimeline(t, hub); len(n) != 1 {
		t.Errorf("the hub has %d check-ins, want 1", len(n))
	}
}

func mustTimeline(t *testing.T, r *fossil.Repo) []fossil.CheckIn {
	t.Helper()
	list, err := r.Timeline(t.Context(), fossil.TimelineOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A repository that came from elsewhere may end with the last date there is.
func TestCommitsGoOnAfterTheLastDate(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	commit(t, r, fossil.Commit{Files: files("a=1"), Time: artifact.Last})
	for _, content := range []string{"a=2", "a=3"} {
		ci := commit(t, r, fossil.Commit{Files: files(content)})
		if tip, err := r.Tip(t.Context(), fossil.Trunk); err != nil || tip.UUID != ci.UUID {
			t.Errorf("after %s the tip is %+v, %v", content, tip, err)
		}
	}
	if _, err := r.Commit(t.Context(), fossil.Commit{Files: files("a=4"), Time: artifact.Last.Add(time.Hour)}); err == nil {
		t.Error("a date of year 10000 is taken")
	}
}

// What is in the tables of a repository may be anything, and is read by thousands.
func TestTextsAndDatesOfOthersAreBounded(t *testing.T) {
	path := t.TempDir() + "/r.fossil"
	r, err := fossil.Create(t.Context(), path, fossil.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, r, fossil.Commit{Files: files("a=1"), Comment: strings.Repeat("ä\x1b", 1<<19)})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, mtime := range []string{"1e300", "-1e300", "9e999", "NULL"} {
		execSQL(t, path, "UPDATE event SET mtime="+mtime)
		r, err := fossil.Open(t.Context(), path, fossil.ReadOnly)
		if err != nil {
			t.Fatal(err)
		}
		ci := mustTimeline(t, r)[0]
		if n := utf8.RuneCountInString(ci.Comment); n != 4097 || ci.Time.Year() < 0 || ci.Time.Year() > 9999 {
			t.Errorf("mtime %s: a comment of %d characters, of %v", mtime, n, ci.Time)
		}
		if _, err := ci.Time.MarshalJSON(); err != nil {
			t.Errorf("mtime %s: %v", mtime, err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
