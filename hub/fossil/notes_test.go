package fossil_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
)

// notesOf lists the notes of a repository as kind and name, sorted.
func notesOf(t *testing.T, r *fossil.Repo) (list []string) {
	t.Helper()
	notes, err := r.Notes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		if has, err := r.HasNote(t.Context(), n); !has || err != nil {
			t.Errorf("it has not its own %v: %v", n, err)
		}
		list = append(list, string(n.Kind)+": "+n.Name)
	}
	slices.Sort(list)
	return list
}

// annotated has a repository with notes of every kind that the fossil program makes alone.
func annotated(t *testing.T, p *peer, path string) *fossil.Repo {
	t.Helper()
	p.run("init", path)
	p.write("page.md", "first\n")
	p.run("wiki", "create", "Plan", "page.md", "-R", path)
	p.write("page.md", "second\n")
	p.run("wiki", "commit", "Plan", "page.md", "-R", path)
	p.run("wiki", "create", "day", "page.md", "--technote", "2026-01-02 03:04:05", "-R", path)
	p.run("attachment", "add", "Plan", "page.md", "-R", path)
	p.run("tag", "add", "release", "trunk", "-R", path)
	p.run("ticket", "add", "title", "broken", "-R", path)
	p.run("uv", "add", "page.md", "--as", "kept.txt", "-R", path)
	p.write("empty", "")
	p.run("uv", "add", "empty", "-R", path)
	r, err := fossil.Open(t.Context(), path, fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func isTagChange(note string) bool { return strings.HasPrefix(note, string(fossil.NoteTag)) }

// Whatever people put into a repository beside check-ins is told, is in each copy, and can be
// taken over by a repository of another project, where the fossil program finds it.
func TestNotesAreCopied(t *testing.T) {
	p := newPeer(t)
	r := annotated(t, p, filepath.Join(t.TempDir(), "theirs.fossil"))
	want := notesOf(t, r)
	kinds := map[fossil.NoteKind]int{}
	all, err := r.Notes(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		kinds[n.Kind]++
	}
	if kinds[fossil.NoteWiki] != 3 || kinds[fossil.NoteTicket] != 1 || kinds[fossil.NoteTechnote] != 1 || kinds[fossil.NoteTag] != 1 || kinds[fossil.NoteUnversioned] != 2 {
		t.Fatalf("notes: %q", want)
	}
	if two, err := r.Notes(t.Context(), 2); len(two) != 2 || err != nil {
		t.Errorf("two of them are %v, %v", two, err)
	}

	whole := filepath.Join(t.TempDir(), "copy.fossil")
	mark, err := r.CopyTo(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	p.write("page.md", "third\n")
	p.run("wiki", "commit", "Plan", "page.md", "-R", r.Path())
	p.run("uv", "add", "page.md", "--as", "kept.txt", "-R", r.Path())
	p.run("uv", "rm", "empty", "-R", r.Path())
	want = notesOf(t, r)
	if _, err := r.CopyNews(t.Context(), whole, mark); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(t.TempDir(), "bare.fossil") // without the table of unversioned files
	p.run("init", bare)
	for name, path := range map[string]string{"another project": newRepo(t).Path(), "one of the fossil program": bare} {
		for range 2 { // it may be repeated
			if err := r.CopyNotes(t.Context(), path); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	for name, path := range map[string]string{"the copy": whole, "another project": bare} {
		c, err := fossil.Open(t.Context(), path, fossil.ReadOnly)
		if err != nil {
			t.Fatal(err)
		}
		if got := notesOf(t, c); !slices.Equal(got, want) && (path == whole || !slices.Equal(got, slices.DeleteFunc(slices.Clone(want), isTagChange))) {
			t.Errorf("%s has %q\nwant %q", name, got, want)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if got := p.run("wiki", "export", "Plan", "-R", path); got != "third\n" {
			t.Errorf("%s: the page is %q", name, got)
		}
		if got := p.run("uv", "cat", "kept.txt", "-R", path); got != "third\n" {
			t.Errorf("%s: the unversioned file is %q", name, got)
		}
		if got := p.run("uv", "list", "-R", path); strings.Contains(got, "empty") {
			t.Errorf("%s: what was removed is there: %s", name, got)
		}
		expect(t, name, p.run("sql", "-R", path, "SELECT count(*) FROM ticket; SELECT count(*) FROM attachment"), "1")
		p.run("rebuild", path)
		p.run("test-integrity", "-R", path)
	}
}

// Fossil makes the table of unversioned files when it first needs it.
func TestUnversionedFilesOfARepositoryOfFossil(t *testing.T) {
	p := newPeer(t)
	path := filepath.Join(t.TempDir(), "theirs.fossil")
	p.run("init", path)
	p.run("user", "new", "dev1", "", "secret", "-R", path)
	p.run("user", "capabilities", "dev1", "oihxy", "-R", path)
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	r.SetReady(true)
	url := serve(t, r)
	a := p.loginTo(url, "a", "dev1", "secret")
	a.run("uv", "sync")
	if notes := notesOf(t, r); len(notes) > 1 { // the first check-in of Fossil is none
		t.Errorf("a fresh repository has notes: %q", notes)
	}
	a.write("note.txt", "unversioned\n")
	a.run("uv", "add", "note.txt")
	a.run("uv", "sync")
	if got := p.run("uv", "cat", "note.txt", "-R", path); got != "unversioned\n" {
		t.Errorf("the file is %q", got)
	}
}
