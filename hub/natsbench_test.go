package hub_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
)

var natsPairs = flag.Int("nats-pairs", 0, "compare the hub's NATS server with a stand-alone one, that many times in turn")

// natsOps are what clients do to a server; each returns operations per second.
var natsOps = []struct {
	name string
	run  func(ctx context.Context, nc *nats.Conn, js jetstream.JetStream) (float64, error)
}{
	{"core publish", corePublish},
	{"core publish and receive", coreReceive},
	{"stream publish", streamPublish},
	{"stream publish, async", streamPublishAsync},
	{"stream consume", streamConsume},
	{"bucket put", bucketPut},
	{"bucket get", bucketGet},
}

var natsLoad = make([]byte, 128)

func rate(n int, begin time.Time) float64 { return float64(n) / time.Since(begin).Seconds() }

func corePublish(_ context.Context, nc *nats.Conn, _ jetstream.JetStream) (float64, error) {
	const n = 200_000
	begin := time.Now()
	for range n {
		if err := nc.Publish("bench.core", natsLoad); err != nil {
			return 0, err
		}
	}
	err := nc.Flush()
	return rate(n, begin), err
}

func coreReceive(ctx context.Context, nc *nats.Conn, _ jetstream.JetStream) (float64, error) {
	const n = 50_000 // a subscription holds 65,536
	sub, err := nc.SubscribeSync("bench.sub")
	if err != nil {
		return 0, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := sub.SetPendingLimits(-1, -1); err != nil {
		return 0, err
	}
	begin := time.Now()
	for range n {
		if err := nc.Publish("bench.sub", natsLoad); err != nil {
			return 0, err
		}
	}
	for range n {
		if _, err := sub.NextMsgWithContext(ctx); err != nil {
			return 0, err
		}
	}
	return rate(n, begin), nil
}

func streamPublish(ctx context.Context, _ *nats.Conn, js jetstream.JetStream) (float64, error) {
	const n = 300
	begin := time.Now()
	for range n {
		if _, err := js.Publish(ctx, "bench.js.sync", natsLoad); err != nil {
			return 0, err
		}
	}
	return rate(n, begin), nil
}

func streamPublishAsync(ctx context.Context, _ *nats.Conn, js jetstream.JetStream) (float64, error) {
	const n = 1000
	begin := time.Now()
	for range n {
		if _, err := js.PublishAsync("bench.js.async", natsLoad); err != nil {
			return 0, err
		}
	}
	select {
	case <-js.PublishAsyncComplete():
		return rate(n, begin), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func streamConsume(ctx context.Context, _ *nats.Conn, js jetstream.JetStream) (float64, error) {
	cons, err := js.OrderedConsumer(ctx, "bench", jetstream.OrderedConsumerConfig{})
	if err != nil {
		return 0, err
	}
	it, err := cons.Messages()
	if err != nil {
		return 0, err
	}
	defer it.Stop()
	const n = 1000
	begin := time.Now()
	for range n {
		if _, err := it.Next(jetstream.NextContext(ctx)); err != nil {
			return 0, err
		}
	}
	return rate(n, begin), nil
}

func bucketPut(ctx context.Context, _ *nats.Conn, js jetstream.JetStream) (float64, error) {
	kv, err := js.KeyValue(ctx, "bench")
	if err != nil {
		return 0, err
	}
	const n = 300
	begin := time.Now()
	for i := range n {
		if _, err := kv.Put(ctx, fmt.Sprint("k", i%100), natsLoad); err != nil {
			return 0, err
		}
	}
	return rate(n, begin), nil
}

func bucketGet(ctx context.Context, _ *nats.Conn, js jetstream.JetStream) (float64, error) {
	kv, err := js.KeyValue(ctx, "bench")
	if err != nil {
		return 0, err
	}
	const n = 3000
	begin := time.Now()
	for i := range n {
		if _, err := kv.Get(ctx, fmt.Sprint("k", i%100)); err != nil {
			return 0, err
		}
	}
	return rate(n, begin), nil
}

// runNATSOps does all operations on one server, fresh streams each time.
func runNATSOps(t *testing.T, url string) []float64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "bench", Subjects: []string{"bench.js.>"}, Storage: jetstream.FileStorage}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = js.DeleteStream(context.WithoutCancel(ctx), "bench") }()
	if _, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "bench", History: 8, Storage: jetstream.FileStorage}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = js.DeleteKeyValue(context.WithoutCancel(ctx), "bench") }()
	rates := make([]float64, len(natsOps))
	for i, op := range natsOps {
		if rates[i], err = op.run(ctx, nc, js); err != nil {
			t.Fatalf("%s: %v", op.name, err)
		}
	}
	return rates
}

// standalone starts the nats-server of the same version with the hub's settings.
func standalone(tb testing.TB) (url string, pid int) {
	tb.Helper()
	dir := tb.TempDir()
	bin := filepath.Join(dir, "nats-server")
	build := exec.Command("go", "build", "-o", bin, "github.com/nats-io/nats-server/v2")
	build.Env = append(os.Environ(), "HOME="+realHome)
	if out, err := build.CombinedOutput(); err != nil {
		tb.Skipf("SKIPPED: nats-server cannot be built: %v\n%s", err, out)
	}
	port := freePort(tb)
	conf := fmt.Sprintf(`
		host: 127.0.0.1, port: %d, max_payload: 8MB, max_pending: 32MB, max_connections: 4096, write_deadline: 5s
		jetstream { store_dir: %q, max_memory_store: 64MB, max_file_store: 2GB, sync_interval: always }
	`, port, filepath.Join(dir, "js"))
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o600); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(bin, "-c", filepath.Join(dir, "conf"))
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	url = fmt.Sprint("nats://127.0.0.1:", port)
	within(tb, 10*time.Second, "serving", func() bool {
		nc, err := nats.Connect(url)
		if err == nil {
			nc.Close()
		}
		return err == nil
	})
	return url, cmd.Process.Pid
}

// TestEmbeddedNATSIsAsFast prints, for each operation, the median ratio of the hub's
// rate to the stand-alone server's.
func TestEmbeddedNATSIsAsFast(t *testing.T) {
	if *natsPairs == 0 {
		t.Skip("runs with -nats-pairs")
	}
	root := newWorkspace(t)
	startDetached(t, root)
	alone, _ := standalone(t)
	ours := hub.NATSURL(root)
	ratios := make([][]float64, len(natsOps))
	for pair := range *natsPairs {
		urls := []string{ours, alone}
		if pair%2 == 1 {
			slices.Reverse(urls)
		}
		rates := map[string][]float64{}
		for _, url := range urls {
			rates[url] = runNATSOps(t, url)
		}
		for i := range natsOps {
			ratios[i] = append(ratios[i], rates[ours][i]/rates[alone][i])
		}
	}
	for i, op := range natsOps {
		slices.Sort(ratios[i])
		t.Logf("%-26s median %.2f of %.2f", op.name, ratios[i][len(ratios[i])/2], ratios[i])
	}
}
