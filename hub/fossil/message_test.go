package fossil_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

func splitLines(s string) iter.Seq[string] { return strings.Lines(s) }

// parentManifest fetches the text of a check-in.
func parentManifest(tb testing.TB, r *fossil.Repo, uuid string) []byte {
	tb.Helper()
	var w xfer.Writer
	w.Pull(r.ProjectCode(), r.ProjectCode())
	w.Gimme(uuid)
	reply, err := r.HandleSync(context.Background(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{})
	if err != nil {
		tb.Fatal(err)
	}
	for _, c := range replyCards(tb, reply) {
		if f, ok := c.(xfer.File); ok && f.UUID == uuid {
			return f.Content
		}
	}
	tb.Fatalf("no artifact %s in the reply", uuid)
	return nil
}

// childManifest is a check-in on top of parent that changes one file.
func childManifest(tb testing.TB, parent []byte, parentUUID, name, uuid string, at time.Time) []byte {
	tb.Helper()
	a, err := artifact.Parse(parent)
	if err != nil {
		tb.Fatal(err)
	}
	a.Parents, a.Tags, a.RSum, a.Time, a.User, a.Comment = []string{parentUUID}, nil, "", at, "tester", "change "+name
	i := slices.IndexFunc(a.Files, func(f artifact.File) bool { return f.Name == name })
	if i < 0 {
		a.Files = append(a.Files, artifact.File{Name: name, UUID: uuid})
	} else {
		a.Files[i].UUID = uuid
	}
	return a.Encode()
}

// childOf returns the name of content and the file card of a check-in on top
// of parent that has it as a file.
func childOf(tb testing.TB, parent []byte, parentUUID, name string, content []byte) (string, xfer.File) {
	tb.Helper()
	m := childManifest(tb, parent, parentUUID, name, blob.SHA1(content), time.Now())
	return blob.SHA1(content), xfer.File{UUID: blob.SHA1(m), Content: m}
}

// scaled returns the size of a test: n, or much less under the race detector.
func scaled(n int) int {
	if raceOn {
		return n / 10
	}
	return n
}
