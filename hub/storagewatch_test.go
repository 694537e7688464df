package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/registry"
)

// losses are what people do to a workspace whose hub they have forgotten, and what the hub
// says then. While a tree goes it may see a file missing first, or the directory
// made anew by JetStream.
var losses = []struct {
	name string
	do   func(tb testing.TB, root string)
	want string
}{
	{"git clean", gitClean, " under the hub"},
	{"rm -rf .bones", func(tb testing.TB, root string) { tb.Helper(); remove(tb, root, ".") }, " under the hub"},
	{"rm hub.lock hub.pid", func(tb testing.TB, root string) { tb.Helper(); remove(tb, root, "hub.lock", "hub.pid") }, "hub.lock was removed under the hub"},
	{"rm hub.fossil", func(tb testing.TB, root string) { tb.Helper(); remove(tb, root, "hub.fossil") }, "hub.fossil was removed under the hub"},
	{"rm -rf coord", func(tb testing.TB, root string) { tb.Helper(); remove(tb, root, "coord") }, "/coord"},
	{"mv workspace", func(tb testing.TB, root string) { tb.Helper(); rename(tb, root, root+" moved") }, " moved/.bones under the hub"},
	{"another workspace", replaceWorkspace, " moved/.bones"},
}

// remove removes, and again what the hub has made anew before it noticed.
func remove(tb testing.TB, root string, names ...string) {
	tb.Helper()
	for _, name := range names {
		var err error
		for range 10 {
			if err = os.RemoveAll(filepath.Join(root, ".bones", name)); err == nil {
				break
			}
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func gitClean(tb testing.TB, root string) {
	tb.Helper()
	cmd := exec.Command("git", "clean", "-fdxq")
	cmd.Dir = root
	_ = cmd.Run() // may leave what the hub has made anew before it noticed
	remove(tb, root, ".")
}

func rename(tb testing.TB, from, to string) {
	tb.Helper()
	if err := os.Rename(from, to); err != nil {
		tb.Fatal(err)
	}
}

// replaceWorkspace moves the workspace away and another one, with a state directory, to
// its place.
func replaceWorkspace(tb testing.TB, root string) {
	tb.Helper()
	other := newWorkspace(tb)
	if err := bonesdir.At(other).Create(); err != nil {
		tb.Fatal(err)
	}
	rename(tb, root, root+" moved")
	rename(tb, other, root)
}

func TestALostHubSaysSoAndTakesNothing(t *testing.T) {
	for _, loss := range losses {
		t.Run(loss.name, func(t *testing.T) {
			t.Parallel()
			root := newWorkspace(t)
			h := startHub(t, root)
			log, err := os.Open(bonesdir.At(root).Log())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = log.Close() })
			w := startWriters(t, h)
			within(t, 30*time.Second, "at work", func() bool { return w.both(3, true, time.Time{}) })

			loss.do(t, root)
			var st hub.Status
			within(t, 30*time.Second, "noticed", func() bool { st = statusOf(t, h); return st.Lost != "" })
			noticed := time.Now()
			within(t, 30*time.Second, "refused", func() bool { return w.both(2, false, noticed) })
			if n := w.count(true, noticed); n > 0 {
				t.Errorf("%d acknowledged after it was noticed", n)
			}

			if !strings.Contains(st.Lost, loss.want) || !strings.Contains(st.Lost, "stop this hub") || st.LostAt.IsZero() ||
				st.NATS.Up || st.Fossil.Up || st.NATS.Problem != st.Lost || st.Fossil.Problem != st.Lost || st.Phase != hub.PhaseReady {
				t.Errorf("status is %+v", st)
			}
			var asked hub.Status
			reply, err := w.conn.Request("bones.hub.status", nil, 10*time.Second)
			if err == nil {
				err = json.Unmarshal(reply.Data, &asked)
			}
			if err != nil || asked.Lost != st.Lost || !asked.LostAt.Equal(st.LostAt) {
				t.Errorf("over NATS: %q, %v", asked.Lost, err)
			}
			if code, body := get(t, st.Fossil.URL+"/healthz"); code != http.StatusServiceUnavailable || !strings.Contains(body, st.Lost) {
				t.Errorf("healthz: %d %q", code, body)
			}
			if why := w.pushError(); why == nil || !strings.Contains(why.Error(), st.Lost) {
				t.Errorf("push: %v", why)
			}
			w.stop()
			if err := h.Shutdown(t.Context()); err != nil {
				t.Errorf("stop: %v", err)
			}
			text, err := io.ReadAll(log)
			if n := strings.Count(string(text), "the storage is lost"); err != nil || n != 1 {
				t.Errorf("hub.log tells it %d times, %v:\n%s", n, err, text)
			}
			if strings.Contains(string(text), "drain error") {
				t.Errorf("hub.log:\n%s", text)
			}
		})
	}
}

func get(t *testing.T, url string) (code int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// records are what a hub keeps on the disk of itself.
func records(t *testing.T, root string) (list []string) {
	t.Helper()
	d := bonesdir.At(root)
	for _, path := range []string{d.PIDFile(), d.LockPIDFile(), d.CoordMarks(), d.FossilURLFile(), d.NATSURLFile()} {
		info, err := os.Stat(path)
		if err != nil {
			list = append(list, err.Error())
			continue
		}
		list = append(list, fmt.Sprint(path, " ", info.ModTime().UnixNano(), " ", readFile(t, path)))
	}
	entries, err := os.ReadDir(d.State)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // hub.fossil-wal is among them
		list = append(list, e.Name())
	}
	row, err := registry.Read(os.Getenv("HOME"), root)
	return append(list, fmt.Sprint(row, err))
}

func TestASecondHubKeepsItsRecords(t *testing.T) {
	for _, loss := range losses {
		switch loss.name {
		case "rm hub.fossil", "rm -rf coord", "rm hub.lock hub.pid": // they leave the directory, which is locked
			continue
		}
		t.Run(loss.name, func(t *testing.T) {
			root := newWorkspace(t)
			first := startHub(t, root)
			loss.do(t, root)
			if _, err := os.Stat(root); err != nil { // a new one in its place
				rename(t, newWorkspace(t), root)
			}
			second := startHub(t, root)
			c := startPublishing(t, second)
			within(t, 30*time.Second, "at work", func() bool { return c.count(true, time.Time{}) > 10 })
			c.stop()
			before, log := records(t, root), readFile(t, bonesdir.At(root).Log())
			stopHub(t, first)
			if after := records(t, root); !slices.Equal(after, before) {
				t.Errorf("the records were\n%s\nand are\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
			if now := readFile(t, bonesdir.At(root).Log()); now != log {
				t.Errorf("hub.log got\n%s", strings.TrimPrefix(now, log))
			}
			if pid, ok := hub.IsRunning(root); !ok || pid != os.Getpid() {
				t.Error("the second hub is not to be seen")
			}
			if st := statusOf(t, second); st.Lost != "" || !st.NATS.Up || !st.Fossil.Up {
				t.Errorf("the second hub's status is %+v", st)
			}
			stopHub(t, second)
			third := startHub(t, root)
			for seq, subject := range c.acked() {
				if m, err := message(third, seq); err != nil || m != subject {
					t.Errorf("message %d, %s, is lost: %v", seq, subject, err)
				}
			}
			if text := readFile(t, bonesdir.At(root).Log()); strings.Contains(text, "store damaged") {
				t.Errorf("hub.log:\n%s", text)
			}
		})
	}
}

// BenchmarkLossNoticed measures from the removal of a file to the moment from which
// nothing is acknowledged.
func BenchmarkLossNoticed(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		root := newWorkspace(b)
		h := startHub(b, root)
		begin := time.Now()
		remove(b, root, "hub.lock")
		within(b, 30*time.Second, "noticed", func() bool {
			st, err := h.Status(context.Background())
			if st.Lost != "" {
				took = append(took, st.LostAt.Sub(begin))
			}
			return err == nil && st.Lost != ""
		})
		stopHub(b, h)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/max")
}
