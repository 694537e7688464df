package hubtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/internal/hubtest"
	"bones-tui/slots"
)

func TestMain(m *testing.M) {
	hub.ServeChild()
	home, err := os.MkdirTemp("", "bones-home-")
	if err != nil {
		panic(err)
	}
	os.Setenv("HOME", home) // the registry of these tests
	code := m.Run()
	os.RemoveAll(home)
	os.Exit(code)
}

func TestHubInThisProcess(t *testing.T) {
	hubtest.Run(t, func(t *testing.T, active ...string) hubtest.Hub {
		t.Helper()
		h, err := hub.New(workspace(t))
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = h.Run(context.Background()) }()
		t.Cleanup(func() { _ = h.Shutdown(context.Background(), hub.WithForce(true)) })
		select {
		case <-h.Ready():
		case <-h.Done():
			t.Fatal(h.Err())
		}
		putSessions(t, h.Conn(), active)
		return h
	})
}

func TestAttachedHub(t *testing.T) {
	hubtest.Run(t, func(t *testing.T, active ...string) hubtest.Hub {
		t.Helper()
		root := workspace(t)
		if err := hub.Start(t.Context(), root, hub.WithDetach(true)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
		r, err := hub.Attach(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		putSessions(t, r.Conn(), active)
		return r
	})
}

func TestFake(t *testing.T) {
	hubtest.Run(t, func(_ *testing.T, active ...string) hubtest.Hub { return hubtest.NewFake(active...) })
}

func workspace(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a.txt"), []byte("a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "init"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return root
}

func putSessions(t *testing.T, nc *nats.Conn, names []string) {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.KeyValue(t.Context(), slots.BucketSessions)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	for _, name := range names {
		now := time.Now()
		value, err := slots.Session{Slot: name, AgentID: "slot-" + name, Host: host, StartedAt: now, LastRenewed: now}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kv.Put(t.Context(), name, value); err != nil {
			t.Fatal(err)
		}
	}
}
