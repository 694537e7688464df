package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"bones-tui/hub/internal/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// held makes <tmp>/a/ws/.bones with a file in it and returns the way to ws, and both as
// things.
func held(tb testing.TB) (root string, things []storage.Thing) {
	tb.Helper()
	root = filepath.Join(tb.TempDir(), "a", "ws")
	state := filepath.Join(root, ".bones")
	file := filepath.Join(state, "hub.lock")
	must(tb, os.MkdirAll(state, 0o700))
	must(tb, os.WriteFile(file, nil, 0o600))
	for _, path := range []string{state, file} {
		f, err := os.Open(path)
		must(tb, err)
		tb.Cleanup(func() { _ = f.Close() })
		info, err := f.Stat()
		must(tb, err)
		one := storage.Thing{Name: "the file", Path: path, Info: info}
		if info.IsDir() {
			one.Name, one.File = "the state directory", f
		}
		things = append(things, one)
	}
	return root, things
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// watch watches until the test ends; what it says arrives on the channel.
func watch(tb testing.TB, things []storage.Thing) <-chan string {
	tb.Helper()
	said := make(chan string, 8)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		storage.Watch(ctx, things, func(why string) { said <- why })
	}()
	tb.Cleanup(func() { cancel(); <-ended })
	return said
}

var harms = map[string]struct {
	do   func(root string) error
	want []string // parts of what is said
}{
	"rm -rf .bones": {func(root string) error { return os.RemoveAll(filepath.Join(root, ".bones")) }, []string{"removed under the hub", "start it again"}},
	"rm hub.lock":   {func(root string) error { return os.Remove(filepath.Join(root, ".bones/hub.lock")) }, []string{"the file ", "hub.lock was removed"}},
	"another hub.lock": {func(root string) error {
		return errors.Join(os.WriteFile(filepath.Join(root, "new"), nil, 0o600), os.Rename(filepath.Join(root, "new"), filepath.Join(root, ".bones/hub.lock")))
	}, []string{"hub.lock was replaced"}},
	"mv workspace": {func(root string) error { return os.Rename(root, root+"2") }, []string{"the state directory ", "/ws/.bones was moved", "/ws2/.bones "}},
	"mv parent":    {func(root string) error { return os.Rename(filepath.Dir(root), filepath.Dir(root)+"2") }, []string{"/a/ws/.bones was moved", "/a2/ws/.bones "}},
	"another workspace": {func(root string) error {
		return errors.Join(os.MkdirAll(root+"2/.bones", 0o700), os.Rename(root, root+"3"), os.Rename(root+"2", root))
	}, []string{"/ws/.bones", "/ws3/.bones"}},
	"a file in the place of the workspace": {func(root string) error {
		return errors.Join(os.RemoveAll(root), os.WriteFile(root, nil, 0o600))
	}, []string{"removed"}},
}

func TestWatchTellsWhatHappened(t *testing.T) {
	for name, harm := range harms {
		t.Run(name, func(t *testing.T) {
			root, things := held(t)
			said := watch(t, things)
			must(t, harm.do(root))
			select {
			case why := <-said:
				for _, part := range harm.want {
					if !strings.Contains(why, part) {
						t.Errorf("said %q, without %q", why, part)
					}
				}
			case <-time.After(30 * time.Second):
				t.Fatal("not noticed")
			}
		})
	}
}

func TestWatchEndsWithItsContextAndSaysNothing(t *testing.T) {
	root, things := held(t)
	said := make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		storage.Watch(ctx, things, func(why string) { said <- why })
	}()
	for _, name := range []string{"x", "hub.log", "y"} {
		must(t, os.WriteFile(filepath.Join(root, ".bones", name), nil, 0o600))
		must(t, os.Rename(filepath.Join(root, ".bones", name), filepath.Join(root, ".bones", name+".1")))
	}
	cancel()
	<-ended
	if len(said) > 0 {
		t.Errorf("said %q", <-said)
	}
}

func BenchmarkNotice(b *testing.B) {
	var total time.Duration
	for b.Loop() {
		root, things := held(b)
		said := watch(b, things)
		begin := time.Now()
		must(b, os.RemoveAll(filepath.Join(root, ".bones")))
		<-said
		total += time.Since(begin)
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms/notice")
}
