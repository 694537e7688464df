package fossil_test

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/xfer"
)

func TestRefusingTellsEachClientWhy(t *testing.T) {
	r := newRepo(t)
	r.SetReady(true)
	ctx := t.Context()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config.Handler = r.Handler(fossil.HandlerOptions{Hosts: []string{srv.Listener.Addr().String()}})
	srv.Start()
	t.Cleanup(srv.Close)
	transport := fossil.NewHTTPTransport(srv.URL)
	clone, err := fossil.Clone(ctx, filepath.Join(t.TempDir(), "c.fossil"), transport, fossil.CloneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = clone.Close() })
	work := fossil.Commit{Branch: fossil.Trunk, User: "u", Comment: "c", Time: time.Now(), Files: []fossil.File{{Name: "f", Content: []byte("x")}}}
	ci, err := clone.Commit(ctx, work)
	if err != nil {
		t.Fatal(err)
	}

	const why = "the state directory was removed under the hub"
	r.SetRefusing(why)
	if _, err := clone.Push(ctx, transport, fossil.SyncOptions{}); err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("push: %v", err)
	}
	if _, err := r.Resolve(ctx, ci.UUID); err == nil {
		t.Error("the check-in was taken")
	}
	reply, err := r.HandleSync(ctx, nil, fossil.Peer{})
	if err != nil {
		t.Fatal(err)
	}
	if body := do(t, r, "POST", "/", "application/x-fossil-uncompressed", nil, nil); !strings.Contains(readBody(t, body), "error ") {
		t.Error("over HTTP: no error card")
	}
	if plain, err := xfer.Decode(reply, xfer.Compressed, xfer.NewBudget(1<<20)); err != nil || !strings.HasPrefix(string(plain), "error ") {
		t.Errorf("over NATS: %q, %v", plain, err)
	}
	for _, path := range []string{"/", "/healthz"} {
		if resp := do(t, r, "GET", path, "", nil, nil); resp.StatusCode != 503 || !strings.Contains(readBody(t, resp), why) {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}

	r.SetRefusing("")
	if _, err := clone.Push(ctx, transport, fossil.SyncOptions{}); err != nil {
		t.Errorf("push: %v", err)
	}
	if _, err := r.Resolve(ctx, ci.UUID); err != nil {
		t.Errorf("the check-in was not taken: %v", err)
	}
}
