package hub_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

// overNATS returns a transport to the repository of a hub by way of its NATS server.
func overNATS(h *hub.Hub, project string) fossil.Transport {
	return fossil.NewRequestTransport(func(ctx context.Context, msg []byte) ([]byte, error) {
		reply, err := h.Conn().RequestWithContext(ctx, "fossil."+project+".sync", msg)
		if err != nil {
			return nil, err
		}
		return reply.Data, nil
	})
}

func TestClonesSyncOverNATS(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	big := make([]byte, 700<<10) // several replies of what a NATS message holds
	_, _ = rand.NewChaCha8([32]byte{}).Read(big)
	for _, name := range []string{"one", "two", "three"} {
		write(t, root, name, name+string(big), 0o644)
	}
	commitAll(t, root, "big files")
	h := startHub(t, root)
	project := openTrunk(t, root).ProjectCode()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	clones := make([]*fossil.Repo, 2)
	for i := range clones {
		var err error
		path := filepath.Join(t.TempDir(), "clone.fossil")
		if clones[i], err = fossil.Clone(ctx, path, overNATS(h, project), fossil.CloneOptions{}); err != nil {
			t.Fatal(err)
		}
		defer clones[i].Close()
	}
	ci, err := clones[0].Commit(ctx, fossil.Commit{Comment: "over nats", Files: []fossil.File{{Name: "new", Content: []byte("text\n")}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clones[0].Push(ctx, overNATS(h, project), fossil.SyncOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := clones[1].Pull(ctx, overNATS(h, project), fossil.SyncOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := clones[1].ReadFileAt(ctx, ci.UUID, "new"); err != nil || string(got) != "text\n" {
		t.Errorf("the other clone has %q, %v", got, err)
	}
	if got, err := clones[1].ReadFileAt(ctx, "trunk", "two"); err != nil || !bytes.Equal(got, append([]byte("two"), big...)) {
		t.Errorf("a big file has %d bytes, %v", len(got), err)
	}
	if tip := statusOf(t, h).Fossil.Tip; tip == nil || tip.UUID != ci.UUID {
		t.Errorf("the hub shows %v as tip, want the pushed check-in", tip)
	}
}

// unframe returns the cards of a message.
func unframe(t *testing.T, msg []byte) []byte {
	t.Helper()
	if len(msg) < 4 {
		t.Fatalf("no message: %q", msg)
	}
	z, err := zlib.NewReader(bytes.NewReader(msg[4:]))
	if err != nil {
		t.Fatal(err)
	}
	cards, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

func TestDamagedRepositoryIsNamedAndServedReadOnly(t *testing.T) {
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	path := bonesdir.At(root).Fossil()
	files, err := openTrunk(t, root).Files(t.Context(), "trunk")
	if err != nil {
		t.Fatal(err)
	}
	bad, good := files[0], files[1]
	runIn(t, root, "fossil", "sql", "-R", path, "UPDATE blob SET content=substr(content,1,6)||x'ff00ff'||substr(content,10) WHERE uuid='"+bad.UUID+"'")
	h := startHub(t, root)
	within(t, 30*time.Second, "damage told", func() bool {
		return strings.Contains(readFile(t, hub.LogPath(root)), bad.UUID)
	})
	stamp := readFile(t, path)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	project := openTrunk(t, root).ProjectCode()
	reply, err := overNATS(h, project).RoundTrip(ctx, []byte("pull x "+project+"\npush x "+project+"\nigot "+strings.Repeat("a", 40)+"\n"))
	if err != nil || !strings.Contains(string(unframe(t, reply)), `repository\sis\sread-only`) {
		t.Errorf("a push is told %q, %v", reply, err)
	}
	if reply, err = overNATS(h, project).RoundTrip(ctx, []byte("pull x "+project+"\ngimme "+bad.UUID+"\ngimme "+good.UUID+"\n")); err != nil || !bytes.Contains(unframe(t, reply), []byte("file "+good.UUID)) {
		t.Errorf("a pull gets %q, %v", reply, err)
	}
	if st := statusOf(t, h); !strings.Contains(st.Fossil.Problem, bad.UUID) {
		t.Errorf("status %+v does not name %s", st.Fossil, bad.UUID)
	}
	if readFile(t, path) != stamp {
		t.Error("the damaged file was changed")
	}
}
