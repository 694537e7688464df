package fossil_test

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/xfer"
	"bones-tui/hub/internal/peertest"
)

// failures keeps what a repository tells.
type failures struct {
	mu  sync.Mutex
	all []fossil.Failure
}

func (f *failures) add(e fossil.Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, e)
}

func (f *failures) take() []fossil.Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.all
	f.all = nil
	return all
}

// doorsOf returns how a compressed message goes through each door of r, and is answered.
func doorsOf(t *testing.T, r *fossil.Repo, told *failures) map[string]func(msg []byte) string {
	t.Helper()
	h := r.Handler(fossil.HandlerOptions{Hosts: []string{testHost}, OnFailure: told.add})
	text := func(reply []byte) string {
		plain, err := xfer.Decode(reply, xfer.Compressed, xfer.NewBudget(1<<20))
		if err != nil {
			t.Errorf("a reply makes no sense: %v", err)
		}
		return string(plain)
	}
	return map[string]func(msg []byte) string{
		fossil.DoorHTTP: func(msg []byte) string {
			q := httptest.NewRequestWithContext(t.Context(), "POST", "http://"+testHost+"/", strings.NewReader(string(msg)))
			q.Header.Set("Content-Type", "application/x-fossil")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, q)
			return text(w.Body.Bytes())
		},
		fossil.DoorNATS: func(msg []byte) string {
			reply, _ := r.HandleSync(t.Context(), msg, fossil.Peer{Addr: "nats", Door: fossil.DoorNATS, Name: "_INBOX.a", OnFailure: told.add})
			return text(reply)
		},
	}
}

// failing is a repository with one user, slot-a, and what is told of its failures.
func failing(t *testing.T, opts ...fossil.Option) (r *fossil.Repo, told *failures) {
	t.Helper()
	path := seededFile(t)
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	if err := r.CreateUser(t.Context(), fossil.User{Login: "slot-a", Caps: "oi"}, ""); err != nil {
		t.Fatal(err)
	}
	r.SetReady(true)
	return r, &failures{}
}

// pushOf is a message of slot-a that brings content.
func pushOf(r *fossil.Repo, password string, content []byte) []byte {
	var w xfer.Writer
	w.Push("x", r.ProjectCode())
	w.File(xfer.File{UUID: blob.SHA1(content), Content: content})
	return xfer.Encode(signed(r.ProjectCode(), "slot-a", password, w.Bytes()), xfer.Compressed)
}

// checkFailure wants exactly one, which says everything.
func checkFailure(t *testing.T, name, door string, told *failures, cause fossil.Cause, text string) {
	t.Helper()
	all := told.take()
	if len(all) != 1 {
		t.Errorf("%s over %s: told %+v, want one failure", name, door, all)
		return
	}
	f, peer := all[0], map[string]string{fossil.DoorHTTP: "192.0.2.1:1234", fossil.DoorNATS: "_INBOX.a"}[door]
	if f.Cause != cause || f.Door != door || f.Peer != peer || f.User != "slot-a" || !strings.Contains(f.Err.Error(), text) {
		t.Errorf("%s over %s: told %+v, want %s with peer, user and %q", name, door, f, cause, text)
	}
}

func TestEachFailureIsToldOnceOverBothDoors(t *testing.T) {
	t.Parallel()
	r, told := failing(t)
	wrongProject := signed(r.ProjectCode(), "slot-a", "", []byte("push x "+strings.Repeat("0", 40)+"\n"))
	for name, c := range map[string]struct {
		msg   []byte
		cause fossil.Cause
		text  string
	}{
		"wrong password": {pushOf(r, "wrong", []byte("x")), fossil.CauseRefused, "login failed"},
		"wrong project":  {xfer.Encode(wrongProject, xfer.Compressed), fossil.CauseRefused, "wrong project"},
		"no card":        {xfer.Encode(signed(r.ProjectCode(), "slot-a", "", []byte("frobnicate 1\n")), xfer.Compressed), fossil.CauseMalformed, "bad command"},
		"wrong hash": {
			xfer.Encode(signed(r.ProjectCode(), "slot-a", "", []byte("push x "+r.ProjectCode()+"\nfile "+strings.Repeat("a", 40)+" 1\nx")), xfer.Compressed),
			fossil.CauseMalformed, "does not match its name",
		},
	} {
		for door, send := range doorsOf(t, r, told) {
			if reply := send(c.msg); !strings.Contains(reply, "error ") {
				t.Errorf("%s over %s: the client is told %q", name, door, reply)
			}
			checkFailure(t, name, door, told, c.cause, c.text)
		}
	}
	for door, send := range doorsOf(t, r, told) {
		if reply := send(pushOf(r, "", []byte("fine over "+door))); strings.Contains(reply, "error ") || len(told.take()) > 0 {
			t.Errorf("over %s a good push is told %q", door, reply)
		}
	}
	r.SetRefusing("the directory is gone")
	for door, send := range doorsOf(t, r, told) {
		send(pushOf(r, "", []byte("late")))
		if all := told.take(); len(all) != 1 || all[0].Cause != fossil.CauseClosed || !all[0].Cause.Ours() {
			t.Errorf("a hub that refuses all tells %+v over %s", all, door)
		}
	}
}

func TestABusyRepositoryIsTold(t *testing.T) {
	t.Parallel()
	r, told := failing(t, fossil.WithBusyLimit(50*time.Millisecond))
	release := peertest.HoldWriteLock(t, r.Path())
	for door, send := range doorsOf(t, r, told) {
		if reply := send(pushOf(r, "", []byte("x"))); !strings.Contains(reply, "busy") {
			t.Errorf("over %s the client is told %q", door, reply)
		}
		checkFailure(t, "busy", door, told, fossil.CauseBusy, "locked")
	}
	release()
	for door, send := range doorsOf(t, r, told) {
		if reply := send(pushOf(r, "", []byte("x"))); strings.Contains(reply, "error ") || len(told.take()) > 0 {
			t.Errorf("over %s a push after that is told %q", door, reply)
		}
	}
}

func TestAReadOnlyRepositoryIsTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub.fossil")
	w, err := fossil.Create(t.Context(), path, fossil.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.CreateUser(t.Context(), fossil.User{Login: "slot-a", Caps: "oi"}, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := fossil.Open(t.Context(), path, fossil.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.SetReady(true)
	told := &failures{}
	for door, send := range doorsOf(t, r, told) {
		if reply := send(pushOf(r, "", []byte("x"))); !strings.Contains(reply, "read-only") {
			t.Errorf("over %s the client is told %q", door, reply)
		}
		checkFailure(t, "read-only", door, told, fossil.CauseReadOnly, "read-only")
	}
}

// A pull makes clusters of what is loose. Where another program holds the repository it is
// answered without them.
func TestAPullDoesNotWaitToWrite(t *testing.T) {
	t.Parallel()
	r, told := failing(t, fossil.WithBusyLimit(50*time.Millisecond))
	clusters := func() (n int64) {
		readSQL(t, r.Path(), func(c *sqlite.Conn) (err error) {
			n, err = c.Int64("SELECT count(*) FROM tagxref WHERE tagid=7")
			return err
		})
		return n
	}
	var many xfer.Writer // loose artifacts, as clients send them that make no clusters
	many.Push("x", r.ProjectCode())
	for i := range 120 {
		content := []byte(fmt.Sprint("loose", i))
		many.File(xfer.File{UUID: blob.SHA1(content), Content: content})
	}
	before := clusters()
	doorsOf(t, r, told)[fossil.DoorNATS](xfer.Encode(signed(r.ProjectCode(), "slot-a", "", many.Bytes()), xfer.Compressed))
	pull := signed(r.ProjectCode(), "slot-a", "", []byte("pull x "+r.ProjectCode()+"\n"))
	msg := xfer.Encode(pull, xfer.Compressed)
	release := peertest.HoldWriteLock(t, r.Path())
	for door, send := range doorsOf(t, r, told) {
		if reply := send(msg); strings.Contains(reply, "error ") || strings.Count(reply, "igot ") < 120 || len(told.take()) > 0 {
			t.Errorf("over %s a pull is told %.200q", door, reply)
		}
	}
	if n := clusters(); n != before {
		t.Errorf("%d clusters are there under the lock of another program", n)
	}
	release()
	for door, send := range doorsOf(t, r, told) {
		if reply := send(msg); strings.Contains(reply, "error ") {
			t.Errorf("over %s a pull is told %.200q", door, reply)
		}
	}
	if n := clusters(); n <= before {
		t.Error("no cluster was made after that")
	}
}
