package slots_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"bones-tui/slots"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a NATS server over dir on port, -1 for any.
func start(tb testing.TB, dir string, port int) *server.Server {
	tb.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true,
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		tb.Fatal("NATS server does not come up")
	}
	tb.Cleanup(func() { halt(s) })
	return s
}

func halt(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// dial connects to s, for ever if it goes away.
func dial(tb testing.TB, s *server.Server) *nats.Conn {
	tb.Helper()
	nc, err := nats.Connect(s.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(nc.Close)
	return nc
}

// hub is a server with the buckets of a hub, and a workspace.
type hub struct {
	t      testing.TB
	root   string
	server *server.Server
	nc     *nats.Conn
	js     jetstream.JetStream
}

// bare returns a hub whose server has no buckets.
func bare(tb testing.TB) *hub {
	tb.Helper()
	s := start(tb, tb.TempDir(), -1)
	h := &hub{t: tb, root: tb.TempDir()}
	h.use(s)
	return h
}

func newHub(tb testing.TB) *hub {
	tb.Helper()
	h := bare(tb)
	if err := slots.EnsureBuckets(tb.Context(), h.nc); err != nil {
		tb.Fatal(err)
	}
	return h
}

// bucket creates a bucket that keeps its keys for ttl.
func (h *hub) bucket(name string, ttl time.Duration) {
	h.t.Helper()
	_, err := h.js.CreateKeyValue(h.t.Context(), jetstream.KeyValueConfig{Bucket: name, History: 1, TTL: ttl})
	if err != nil {
		h.t.Fatal(err)
	}
}

// put writes a record and returns its revision.
func (h *hub) put(bucket, key, value string) uint64 {
	h.t.Helper()
	kv, err := h.js.KeyValue(context.Background(), bucket)
	if err != nil {
		h.t.Fatal(err)
	}
	rev, err := kv.Put(context.Background(), key, []byte(value))
	if err != nil {
		h.t.Fatal(err)
	}
	return rev
}

// session writes a session renewed that long ago.
func (h *hub) session(name, host string, ago time.Duration) uint64 {
	h.t.Helper()
	return h.put(slots.BucketSessions, name, sessionJSON(name, host, time.Now().Add(-ago)))
}

// has reports whether the session bucket holds the key.
func (h *hub) has(name string) bool {
	h.t.Helper()
	kv, err := h.js.KeyValue(context.Background(), slots.BucketSessions)
	if err != nil {
		h.t.Fatal(err)
	}
	_, err = kv.Get(context.Background(), name)
	return err == nil
}

func (h *hub) remove(bucket, key string) {
	h.t.Helper()
	kv, err := h.js.KeyValue(context.Background(), bucket)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := kv.Delete(context.Background(), key); err != nil {
		h.t.Fatal(err)
	}
}

// sessionJSON is a record as the command line writes it.
func sessionJSON(name, host string, renewed time.Time) string {
	stamp := renewed.UTC().Format(time.RFC3339Nano)
	return `{"slot":"` + name + `","task_id":"t-` + name + `","agent_id":"slot-` + name + `","host":"` + host +
		`","leaf_pid":999999,"hub_url":"http://127.0.0.1:41001","started_at":"` + stamp + `","last_renewed":"` + stamp + `"}`
}

// write makes a file below the workspace's state directory.
func (h *hub) write(path, text string) string {
	h.t.Helper()
	return writeFile(h.t, filepath.Join(h.root, ".bones", path), text)
}

func (h *hub) exists(path string) bool {
	_, err := os.Lstat(filepath.Join(h.root, ".bones", path))
	return err == nil
}

func writeFile(tb testing.TB, path, text string) string {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
	return path
}

func hostname(tb testing.TB) string {
	tb.Helper()
	host, err := os.Hostname()
	if err != nil {
		tb.Fatal(err)
	}
	return host
}

// until reads snapshots until one satisfies ok, and returns it.
func until(tb testing.TB, w *slots.Watcher, what string, ok func([]slots.Slot) bool) []slots.Slot {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	var last []slots.Slot
	for {
		all, err := w.Next(ctx)
		if err != nil {
			tb.Fatalf("waiting for %s: %v; last seen %+v", what, err, last)
		}
		if last = all; ok(all) {
			return all
		}
	}
}

// find returns the named slot, nil if it is not there.
func find(all []slots.Slot, name string) *slots.Slot {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// use makes s the hub's server.
func (h *hub) use(s *server.Server) {
	h.t.Helper()
	h.server, h.nc = s, dial(h.t, s)
	var err error
	if h.js, err = jetstream.New(h.nc); err != nil {
		h.t.Fatal(err)
	}
}
