package hublog_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub/hublog"
)

func clock() time.Time { return instant }

func open(tb testing.TB, path string, opts ...hublog.WriterOption) *hublog.Writer {
	tb.Helper()
	w, err := hublog.Open(path, hublog.LevelInfo, append([]hublog.WriterOption{hublog.WithClock(clock)}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := w.Close(); err != nil {
			tb.Error(err)
		}
	})
	return w
}

// lineLen is the length of a lifecycle line with a message of two bytes.
var lineLen = len(hublog.Entry{Ts: at(instant), Level: hublog.LevelInfo, Event: hublog.EventLifecycle, Msg: "00"}.Append(nil))

// messages returns the messages of a file in order; a line that is no entry
// stands for itself.
func messages(tb testing.TB, path string) (msgs []string) {
	tb.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if e, err := hublog.Decode(lines.Bytes()); err == nil {
			msgs = append(msgs, e.Msg)
		} else {
			msgs = append(msgs, lines.Text())
		}
	}
	return msgs
}

// history returns the messages of the log and everything rotated, oldest first.
func history(tb testing.TB, path string, keep int) (msgs []string) {
	tb.Helper()
	for i := keep; i >= 1; i-- {
		msgs = append(msgs, messages(tb, fmt.Sprintf("%s.%d", path, i))...)
	}
	return append(msgs, messages(tb, path)...)
}

func TestLogWritesOneLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.log")
	w := open(t, path)
	w.Lifecycle(hublog.LevelInfo, "hub: %s", "ready\nreally")
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ts":"2026-03-02T07:16:02Z","level":"INFO","event":"lifecycle","msg":"hub: ready\nreally"}` + "\n"
	if string(got) != want {
		t.Errorf("got %s", got)
	}
}

func TestLogKeepsTheTimeOfTheEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.log")
	w := open(t, path)
	if err := w.Log(hublog.Entry{Ts: at(time.Unix(1, 0)), Level: hublog.LevelInfo, Event: hublog.EventRPC}); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); !strings.HasPrefix(string(got), `{"ts":"1970-01-01T00:00:01Z"`) {
		t.Errorf("got %s", got)
	}
}

func TestLogAppliesTheFloor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.log")
	w, err := hublog.Open(path, hublog.LevelError, hublog.WithClock(clock))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, e := range []hublog.Entry{
		{Level: hublog.LevelWarn, Event: "rpc", Msg: "below"},
		{Level: hublog.LevelError, Event: "rpc", Msg: "at"},
		{Level: hublog.LevelDebug, Event: "rpc", Msg: "below with err", Err: "x"},
	} {
		if err := w.Log(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(messages(t, path)); got != "[at below with err]" {
		t.Error(got)
	}
}

func TestOpenAppendsToWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.log")
	if err := os.WriteFile(path, []byte("panic: old\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path).Lifecycle(hublog.LevelInfo, "new")
	if got := fmt.Sprint(messages(t, path)); got != "[panic: old new]" {
		t.Error(got)
	}
}

func TestOpenRefusesWhatIsNoRegularFile(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	link := filepath.Join(dir, "hub.log")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{link, dir} {
		if w, err := hublog.Open(path, hublog.LevelInfo); err == nil {
			t.Errorf("%s was opened", path)
			w.Close()
		}
	}
	if _, err := os.Stat(target); !errors.Is(err, os.ErrNotExist) {
		t.Error("the link was followed")
	}
}

func TestLogRotatesBySize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.log")
	maxBytes := int64(2*lineLen + 1) // three lines exceed it
	w := open(t, path, hublog.WithRotation(maxBytes, 3))
	for i := range 20 {
		w.Lifecycle(hublog.LevelInfo, "%02d", i)
	}
	if got := fmt.Sprint(history(t, path, 4)); got != "[09 10 11 12 13 14 15 16 17 18 19]" {
		t.Error(got)
	}
	for i := 1; i <= 3; i++ {
		if info, err := os.Stat(fmt.Sprintf("%s.%d", path, i)); err != nil || info.Size() > maxBytes+int64(lineLen) {
			t.Errorf("backup %d: %v, %v", i, info, err)
		}
	}
}

func TestLogFollowsAForeignRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.log")
	w := open(t, path)
	w.Lifecycle(hublog.LevelInfo, "a")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	w.Lifecycle(hublog.LevelInfo, "b")
	if err := os.Rename(path, path+".2"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("theirs\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Lifecycle(hublog.LevelInfo, "c")
	if got := fmt.Sprint(messages(t, path+".1"), messages(t, path+".2"), messages(t, path)); got != "[a] [b] [theirs c]" {
		t.Error(got)
	}
}

func TestLogKeepsWritingWhenItCannotRotate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hub.log")
	if err := os.MkdirAll(filepath.Join(path+".1", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path+".2", "too"), 0o700); err != nil {
		t.Fatal(err)
	}
	w := open(t, path, hublog.WithRotation(1, 2))
	for i := range 3 {
		if err := w.Log(hublog.Entry{Level: hublog.LevelInfo, Event: "rpc", Msg: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(messages(t, path)); got != "[0 1 2]" {
		t.Error(got)
	}
}

func TestWritersSideBySideLoseNothing(t *testing.T) {
	const writers, lines, keep = 4, 300, 1000
	path := filepath.Join(t.TempDir(), "hub.log")
	var wg sync.WaitGroup
	for i := range writers {
		w := open(t, path, hublog.WithRotation(500, keep)) // as in processes of their own
		for half := range 2 {
			wg.Go(func() {
				for n := range lines {
					w.Lifecycle(hublog.LevelInfo, "%d/%d/%d", i, half, n)
				}
			})
		}
	}
	wg.Wait()
	seen := map[string]int{}
	for _, m := range history(t, path, keep) {
		seen[m]++
	}
	if len(seen) != writers*2*lines {
		t.Errorf("%d different lines, want %d", len(seen), writers*2*lines)
	}
	for m, n := range seen {
		if n != 1 {
			t.Errorf("%q is there %d times", m, n)
		}
	}
}

func TestLogAfterCloseCountsAsDropped(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "hub.log"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Log(hublog.Entry{Level: hublog.LevelInfo}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error is %v", err)
	}
	if w.Dropped() != 1 {
		t.Errorf("dropped %d", w.Dropped())
	}
}

func TestRotationFromEnv(t *testing.T) {
	for _, c := range []struct {
		size, files string
		maxBytes    int64
		keep        int
	}{
		{"", "", 10 << 20, 5},
		{"4096", "2", 4096, 2},
		{"0", "-1", 10 << 20, 5},
		{"10k", "many", 10 << 20, 5},
	} {
		env := map[string]string{"BONES_LOG_MAX_SIZE": c.size, "BONES_LOG_MAX_FILES": c.files}
		maxBytes, keep := hublog.RotationFromEnv(func(k string) string { return env[k] })
		if maxBytes != c.maxBytes || keep != c.keep {
			t.Errorf("%v: %d, %d", c, maxBytes, keep)
		}
	}
}

func BenchmarkLog(b *testing.B) {
	w := open(b, filepath.Join(b.TempDir(), "hub.log"))
	e := full()
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Log(e); err != nil {
			b.Fatal(err)
		}
	}
}
