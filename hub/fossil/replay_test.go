package fossil_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/xfer"
)

// recordedHub returns a hub that takes the recorded conversations of a fossil
// client for its own: it has their project and account.
func recordedHub(t *testing.T) *fossil.Repo {
	t.Helper()
	ctx := context.Background()
	r, err := fossil.Create(ctx, filepath.Join(t.TempDir(), "hub.fossil"), fossil.CreateOptions{
		ProjectCode: "591588d96027611baf8dc89049f514534994a300",
		RelaxedSync: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	addUser(t, r, "dev1", "oihxyg", "secret")
	var w xfer.Writer
	w.Push(r.ProjectCode(), r.ProjectCode())
	w.File(xfer.File{UUID: blob.SHA3(first(t)), Content: first(t)})
	if reply, err := r.HandleSync(ctx, xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{}); err != nil || errorCard(t, reply) != "" {
		t.Fatalf("%v %s", err, errorCard(t, reply))
	}
	return r
}

// first returns the check-in that the recorded client built on: it came in a
// clone reply.
func first(t *testing.T) []byte {
	t.Helper()
	body, err := os.ReadFile("internal/xfer/testdata/wire/006-rep.x-fossil-uncompressed")
	if err != nil {
		t.Fatal(err)
	}
	for _, card := range replyCards(t, body) {
		if c, ok := card.(xfer.CFile); ok {
			plain, err := c.Plain(xfer.NewBudget(1 << 20))
			if err != nil {
				t.Fatal(err)
			}
			return plain
		}
	}
	t.Fatal("no check-in in the recorded clone")
	return nil
}

// recordedRequests returns the plain cards of what a fossil client sent, in
// order.
func recordedRequests(t *testing.T) (all [][]byte) {
	t.Helper()
	names, err := filepath.Glob("internal/xfer/testdata/wire/*-req.x-fossil")
	if err != nil || len(names) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, name := range names { // sorted
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := xfer.Decode(body, xfer.Compressed, xfer.NewBudget(1<<20))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, plain)
	}
	return all
}

func TestRecordedConversationIsUnderstood(t *testing.T) {
	p := newPeer(t)
	r := recordedHub(t)
	if err := r.SetCaps(context.Background(), "dev1", "s"); err != nil { // it pushes configuration, too
		t.Fatal(err)
	}
	for i, plain := range recordedRequests(t) {
		reply, err := r.HandleSync(context.Background(), xfer.Encode(plain, xfer.Compressed), fossil.Peer{})
		if err != nil {
			t.Fatal(err)
		}
		text := errorCard(t, reply)
		if text == "login failed" && i > 0 {
			continue // the recorded client lost its password on purpose
		}
		if text != "" {
			t.Errorf("request %d: %s\n%.300s", i, text, plain)
		}
	}
	expect(t, "timeline", p.run("timeline", "-n", "0", "-R", r.Path()), "first commit", "change", "Create new branch named", "merged", "pick")
	p.integrity(r)
}

func TestMutatedRequestsDoNoHarm(t *testing.T) {
	p := newPeer(t)
	r := recordedHub(t)
	requests := recordedRequests(t)
	rng := rand.New(rand.NewPCG(7, 7))
	for range smaller(3000) {
		plain := bytes.Clone(requests[rng.IntN(len(requests))])
		for range 1 + rng.IntN(3) {
			plain = mutate(rng, plain)
		}
		body := xfer.Encode(plain, xfer.Compressed)
		if rng.IntN(10) == 0 {
			body = mutate(rng, body)
		}
		reply, err := r.HandleSync(context.Background(), body, fossil.Peer{})
		if err != nil {
			t.Fatalf("%v for %q", err, plain)
		}
		replyCards(t, reply) // fails if it is no message
	}
	p.integrity(r)
	if err := r.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

// mutate changes a message in one place.
func mutate(rng *rand.Rand, b []byte) []byte {
	if len(b) < 2 {
		return append(b, "gimme x\n"...)
	}
	at, n := rng.IntN(len(b)-1), 1+rng.IntN(20)
	end := min(at+n, len(b))
	switch rng.IntN(5) {
	case 0: // flip a bit
		b[at] ^= 1 << rng.IntN(8)
		return b
	case 1: // drop bytes
		return append(b[:at:at], b[end:]...)
	case 2: // repeat bytes
		return append(append(b[:end:end], b[at:end]...), b[end:]...)
	case 3: // change a digit
		if i := bytes.IndexAny(b[at:], "0123456789"); i >= 0 {
			b[at+i] = "0123456789-x"[rng.IntN(12)]
		}
		return b
	default: // cut off
		return b[:end]
	}
}

func TestRebuildOfTheLiveFile(t *testing.T) {
	p := newPeer(t)
	r, url, _ := seededHub(t, 30)
	a := p.loginTo(url, "a", "dev1", "secret")
	work := func(name string) {
		a.write(name, name)
		a.run("add", name)
		a.run("commit", "-m", "add "+name)
	}
	work("before.txt")
	p.run("rebuild", r.Path())
	work("after.txt")
	b := p.cloneTo(url, "b")
	if out := b.run("ls"); !strings.Contains(out, "before.txt") || !strings.Contains(out, "after.txt") {
		t.Errorf("files of a clone:\n%s", out)
	}
	if _, err := r.Commit(context.Background(), fossil.Commit{Comment: "ours", Files: []fossil.File{{Name: "ours", Content: []byte("o")}}}); err != nil {
		t.Error(err)
	}
	p.integrity(r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(r.Path() + suffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("after Close %s is there: %v", suffix, err)
		}
	}
	checkRebuild(t, p, r.Path())
}
