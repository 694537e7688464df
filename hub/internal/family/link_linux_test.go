package family

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// bothEnds makes a conversation that ends with the test.
func bothEnds(tb testing.TB) (a, b *Link) {
	tb.Helper()
	a, f, err := Pair()
	if err != nil {
		tb.Fatal(err)
	}
	if b, err = NewLink(f); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _, _ = a.Close(), b.Close() })
	return a, b
}

// rawEnd makes a conversation one end of which says what it likes.
func rawEnd(tb testing.TB) (*Link, *net.UnixConn) {
	tb.Helper()
	a, b := bothEnds(tb)
	return a, b.conn
}

func hear(tb testing.TB, l *Link) Message {
	tb.Helper()
	m, err := l.Receive()
	if err != nil {
		tb.Fatalf("Receive: %v", err)
	}
	return m
}

func tempFile(tb testing.TB, text string) *os.File {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return f
}

func TestEveryWordArrives(t *testing.T) {
	a, b := bothEnds(t)
	words := []Word{StandingBy, Listener, Go, Ready, Stop, Bye, Member, Renew, End}
	for _, w := range words {
		if err := a.Say(w); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range words {
		if m := hear(t, b); m.Word != w || m.Spec != nil || m.File != nil {
			t.Errorf("heard %+v, want %q", m, w)
		}
	}
}

// Descriptors keep to their messages, although those are sent faster than heard.
func TestDescriptorsComeWithTheirMessages(t *testing.T) {
	a, b := bothEnds(t)
	texts := []string{"one", "", "two", "three", "", "four"}
	for _, text := range texts {
		m := Message{Word: Renew, Spec: &Spec{Root: text}}
		if text != "" {
			m.File = tempFile(t, text)
		}
		if err := a.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range texts {
		m := hear(t, b)
		if m.Spec == nil || m.Spec.Root != text || (m.File != nil) != (text != "") {
			t.Fatalf("heard %+v, want %q", m, text)
		}
		if m.File == nil {
			continue
		}
		got, err := io.ReadAll(m.File)
		if err != nil || string(got) != text {
			t.Errorf("the descriptor is of %q, %v, want %q", got, err, text)
		}
		flags, err := unix.FcntlInt(m.File.Fd(), unix.F_GETFD, 0)
		if err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("the programs that this process starts get it: %x, %v", flags, err)
		}
		_ = m.File.Close()
	}
}

// A message that is larger than what the kernel holds must neither be cut nor mixed with
// another.
func TestHugeMessagesArriveWhole(t *testing.T) {
	a, b := bothEnds(t)
	const senders = 4
	var saying sync.WaitGroup
	for i := range senders {
		f := tempFile(t, "along")
		saying.Go(func() {
			text, _ := json.Marshal(strings.Repeat(string(rune('a'+i)), 1<<20))
			if err := a.Send(Message{Word: Renew, Spec: &Spec{Settings: text}, File: f}); err != nil {
				t.Error(err)
			}
		})
	}
	for range senders {
		m := hear(t, b)
		var text string
		if err := json.Unmarshal(m.Spec.Settings, &text); err != nil || len(text) != 1<<20 || strings.Count(text, text[:1]) != len(text) {
			t.Errorf("heard %d bytes, %v", len(text), err)
		}
		if m.File == nil {
			t.Fatal("the descriptor is lost")
		}
		_ = m.File.Close()
	}
	saying.Wait()
}

func TestATornLineIsTheEnd(t *testing.T) {
	l, raw := rawEnd(t)
	if _, err := raw.Write([]byte(`{"word":"bye"}` + "\n" + `{"word":"en`)); err != nil {
		t.Fatal(err)
	}
	_ = raw.Close()
	if m := hear(t, l); m.Word != Bye {
		t.Errorf("heard %+v", m)
	}
	for range 2 {
		if m, err := l.Receive(); !errors.Is(err, io.EOF) || m.Word != "" {
			t.Errorf("heard %+v, %v", m, err)
		}
	}
}

func TestTheOtherEndCloses(t *testing.T) {
	a, b := bothEnds(t)
	_ = b.Close()
	if _, err := a.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("Receive = %v", err)
	}
	if err := a.Say(Go); !errors.Is(err, unix.EPIPE) {
		t.Errorf("Say = %v", err)
	}
}

func TestCloseEndsReceive(t *testing.T) {
	a, _ := bothEnds(t)
	ended := make(chan error)
	go func() { _, err := a.Receive(); ended <- err }()
	_ = a.Close()
	if err := <-ended; !errors.Is(err, io.EOF) {
		t.Errorf("Receive = %v", err)
	}
	if err := a.Say(Go); err == nil {
		t.Error("a closed link speaks")
	}
}

func TestBothEndsCloseAtOnce(t *testing.T) {
	for range 100 {
		a, b := bothEnds(t)
		var all sync.WaitGroup
		for _, l := range []*Link{a, b} {
			all.Go(func() { _, _ = l.Receive() })
			all.Go(func() { _ = l.Say(Bye); _ = l.Close() })
		}
		all.Wait()
	}
}

// What cannot be understood is no death, and what comes after it counts.
func TestHostileLinesAreSkipped(t *testing.T) {
	l, raw := rawEnd(t)
	lines := []string{
		"", "{", "null,", "[]", `"bye"`, `{"word":7}`, `{"word":"bye","spec":[]}`, `{"word":{"word":{"word":"bye"}}}`,
		strings.Repeat("[", 20000), "\x00\xff\xfe", `{"spec":{"died_at":"never"}}`,
	}
	for _, line := range lines {
		if _, err := raw.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
		if m, err := l.Receive(); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%.20q: heard %+v, %v", line, m, err)
		}
	}
	if _, err := raw.Write([]byte(`{"word":"listener","carries":true}` + "\n")); err != nil {
		t.Fatal(err)
	}
	if m := hear(t, l); m.Word != Listener || m.File != nil {
		t.Errorf("heard %+v", m)
	}
}

func TestNoLink(t *testing.T) {
	var l *Link
	if err := errors.Join(l.Say(Go), l.Send(Message{Word: Go}), l.Close()); err != nil {
		t.Error(err)
	}
	if _, err := l.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("Receive = %v", err)
	}
	f := tempFile(t, "no socket")
	if _, err := NewLink(f); err == nil {
		t.Error("a file is a link")
	}
	if err := f.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the file is still open: %v", err)
	}
	if _, err := NewLink(nil); err == nil {
		t.Error("nothing is a link")
	}
}

// What was sent along and is never heard must not stay open.
func TestUnheardDescriptorsAreClosed(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, b := bothEnds(t)
	raw, err := rights(w)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.conn.WriteMsgUnix([]byte(`{"word":"bye"`), raw, nil); err != nil {
		t.Fatal(err)
	}
	_, _ = w.Close(), a.Close()
	if _, err := b.Receive(); !errors.Is(err, io.EOF) {
		t.Errorf("Receive = %v", err)
	}
	if text, err := io.ReadAll(r); err != nil || len(text) != 0 { // ends with the last writer
		t.Errorf("read %q, %v", text, err)
	}
}
