package natsd_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/natsd"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// victimEnv makes the test binary a process that serves the store it names and
// prints the key of each value that was acknowledged, until it is killed.
const victimEnv = "NATSD_TEST_VICTIM"

func victim() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := serveAndPut(ctx); err != nil {
		fmt.Println("failed:", err)
	}
}

func serveAndPut(ctx context.Context) error {
	s, err := natsd.Start(ctx, natsd.Config{StoreDir: os.Getenv(victimEnv), SyncAlways: true})
	if err != nil {
		return err
	}
	nc, err := nats.Connect("", s.InProcess())
	if err != nil {
		return err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: "b", History: 5})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		key := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if _, err := kv.PutString(ctx, key, "v"); err != nil {
			return err
		}
		fmt.Println(key)
	}
}

func TestNothingAcknowledgedIsLostToAKill(t *testing.T) {
	dir := t.TempDir()
	var acked []string
	for round := range 5 {
		acked = append(acked, killAfter(t, dir, 20*(round+1))...)
	}
	kv := bucket(t, connect(t, start(t, natsd.Config{StoreDir: dir}).URL()))
	for _, key := range acked {
		if _, err := kv.Get(t.Context(), key); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// killAfter kills a victim as soon as it has printed n keys, and returns all
// that it has printed.
func killAfter(t *testing.T, dir string, n int) (acked []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "failed:") {
			t.Fatal(lines.Text())
		}
		acked = append(acked, lines.Text())
		if len(acked) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(acked) < n {
		t.Fatalf("%d keys only", len(acked))
	}
	return acked
}
