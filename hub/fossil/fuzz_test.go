package fossil_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

// FuzzMessage sends arbitrary cards. Whatever they are, there is a reply, the
// error is not ours, and the repository stays sound.
func FuzzMessage(f *testing.F) {
	r := newRepo(f)
	seed := commit(f, r, fossil.Commit{Files: files("a=1")})
	if err := r.SetCaps(context.Background(), "nobody", "s"); err != nil {
		f.Fatal(err)
	}
	push := "pull x " + r.ProjectCode() + "\npush x " + r.ProjectCode() + "\n"
	for _, cards := range []string{
		"", "clone\n", "clone 3 1\n", "clone 2 -1\n", "pull x\n", push + "igot " + seed.UUID + " 1\ngimme " + seed.UUID + "\n",
		push + "file aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d 5\nhello",
		push + "private\nfile " + seed.UUID + " aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d 5\n0\n0;",
		"uvfile x 1 aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d 5 0\nhello\nuvgimme x\npragma uv-hash x\n",
		"reqconfig /all\nconfig /config 24\n1 'project-name' value ''\n", "pragma ci-lock " + seed.UUID + " x\npragma ci-unlock x\n",
		"pragma send-private\npragma send-catalog\npragma req-clusters\npragma client-version 1 2 3\n" + push,
		"login a b c\ncookie x\nmessage x\nerror x\n# comment\n",
	} {
		f.Add([]byte(cards))
	}
	for name, body := range captures(f, "internal/xfer/testdata/wire/*-req.*") {
		_, subtype, _ := strings.Cut(name, ".")
		if e, ok := xfer.EncodingOf("application/" + subtype); ok {
			if cards, err := xfer.Decode(body, e, xfer.NewBudget(1<<20)); err == nil {
				f.Add(cards)
			}
		}
	}
	f.Fuzz(func(t *testing.T, cards []byte) {
		for _, message := range [][]byte{cards, append([]byte(push), cards...)} {
			reply, err := r.HandleSync(t.Context(), xfer.Encode(message, xfer.Compressed), fossil.Peer{})
			if err != nil {
				t.Fatal(err)
			}
			replyCards(t, reply)
		}
		if err := r.Verify(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzArtifact pushes arbitrary artifacts under their right names.
func FuzzArtifact(f *testing.F) {
	r := newRepo(f)
	seed := commit(f, r, fossil.Commit{Files: files("a=1")})
	child := &artifact.Artifact{
		Kind: artifact.CheckIn, Comment: "c", User: "u", Parents: []string{seed.UUID, seed.UUID},
		Files:       []artifact.File{{Name: "b", UUID: blob.SHA1([]byte("1")), OldName: "a"}},
		CherryPicks: []artifact.CherryPick{{Target: seed.UUID}},
		Tags:        []artifact.Tag{{Type: artifact.Propagate, Name: "branch", Value: "x"}, {Type: artifact.Cancel, Name: "sym-trunk"}},
	}
	f.Add(child.Encode())
	child.Baseline, child.Parents = seed.UUID, nil
	f.Add(child.Encode())
	for _, tag := range []artifact.Tag{
		{Type: artifact.Single, Name: "date", Value: "2001-01-01"},
		{Type: artifact.Propagate, Name: "bgcolor", Value: "#fff"},
		{Type: artifact.Single, Name: "private"},
		{Type: artifact.Cancel, Name: "branch"},
		{Type: artifact.Single, Name: "comment", Value: "<&>"},
	} {
		tag.Target = seed.UUID
		f.Add((&artifact.Artifact{Kind: artifact.Control, User: "u", Tags: []artifact.Tag{tag}}).Encode())
	}
	f.Add((&artifact.Artifact{Kind: artifact.Cluster, Members: []string{seed.UUID}}).Encode())
	f.Add([]byte("plain"))
	for _, content := range captures(f, "internal/artifact/testdata/real/*") {
		f.Add(content)
		if body, _, ok := bytes.Cut(content, []byte("\nZ ")); ok {
			f.Add(append(body[:len(body):len(body)], '\n'))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var w xfer.Writer
		w.Push("x", r.ProjectCode())
		w.File(xfer.File{UUID: blob.SHA1(content), Content: content})
		if sum := md5.Sum(content); !bytes.Contains(content, []byte("\nZ ")) { // most are refused for their checksum
			content = fmt.Appendf(content, "Z %x\n", sum)
			w.File(xfer.File{UUID: blob.SHA1(content), Content: content})
		}
		reply, err := r.HandleSync(t.Context(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{})
		if err != nil {
			t.Fatal(err)
		}
		if text := errorCard(t, reply); text != "" {
			t.Fatal(text)
		}
		if _, err := r.Timeline(t.Context(), fossil.TimelineOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Leaves(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// captures returns recorded files by their names.
func captures(f *testing.F, pattern string) map[string][]byte {
	f.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		f.Fatalf("no captures: %v", err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		if all[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			f.Fatal(err)
		}
	}
	return all
}
