package fossil_test

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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

// errorCard returns the text of the reply's error card, if it has one.
func errorCard(t *testing.T, reply []byte) string {
	t.Helper()
	for _, card := range replyCards(t, reply) {
		if e, ok := card.(xfer.Error); ok {
			return e.Text
		}
	}
	return ""
}

// replyCards decodes a reply of HandleSync.
func replyCards(tb testing.TB, reply []byte) (cards []xfer.Card) {
	tb.Helper()
	plain, err := xfer.Decode(reply, xfer.Compressed, xfer.NewBudget(1<<30))
	if err != nil {
		tb.Fatal(err)
	}
	for r := xfer.NewReader(plain); ; {
		card, err := r.Next()
		if errors.Is(err, io.EOF) {
			return cards
		}
		if err != nil {
			tb.Fatal(err)
		}
		cards = append(cards, card)
	}
}

// send sends cards made by fn and returns those of the reply.
func send(t *testing.T, r *fossil.Repo, fn func(w *xfer.Writer)) []xfer.Card {
	t.Helper()
	var w xfer.Writer
	fn(&w)
	return sendRaw(t, r, w.Bytes())
}

func sendRaw(t *testing.T, r *fossil.Repo, cards []byte) []xfer.Card {
	t.Helper()
	reply, err := r.HandleSync(t.Context(), xfer.Encode(cards, xfer.Compressed), fossil.Peer{Addr: "10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return replyCards(t, reply)
}

// cardsOf returns the cards of one type.
func cardsOf[T xfer.Card](cards []xfer.Card) (out []T) {
	for _, c := range cards {
		if x, ok := c.(T); ok {
			out = append(out, x)
		}
	}
	return out
}

// refused returns the text of the error card; it fails the test if anything
// else that matters is in the reply.
func refused(t *testing.T, cards []xfer.Card) string {
	t.Helper()
	errs := cardsOf[xfer.Error](cards)
	if len(errs) == 0 {
		return ""
	}
	if len(cards) != 1 {
		t.Errorf("reply has more than the error: %v", cards)
	}
	return errs[0].Text
}

func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// signed puts a login card before the cards.
func signed(code, login, password string, cards []byte) []byte {
	nonce := sha1Hex(string(cards))
	signature := sha1Hex(nonce + sha1Hex(code+"/"+login+"/"+password))
	return append([]byte(fmt.Sprintf("login %s %s %s\n", login, nonce, signature)), cards...)
}

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
