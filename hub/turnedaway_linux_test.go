package hub_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
)

// TestOthersCannotFlushTheLog has another user try both doors again and again, and clients of
// ours send nonsense. The log tells of each kind a few times, and the status counts all.
func TestOthersCannotFlushTheLog(t *testing.T) {
	const n = 60
	root := newWorkspace(t)
	h := startHub(t, root)
	st := statusOf(t, h)
	foreign := os.Geteuid() == 0 && !strings.Contains(readFile(t, hub.LogPath(root)), "every user of this machine is admitted")
	if setpriv, err := exec.LookPath("setpriv"); foreign && err == nil {
		script := `for i in $(seq "$3"); do
			exec 3<>/dev/tcp/127.0.0.1/"$1"; printf 'CONNECT {}\r\nPING\r\n' >&3; cat <&3 >/dev/null; exec 3>&-
			exec 3<>/dev/tcp/127.0.0.1/"$2"; cat <&3 >/dev/null; exec 3>&-
		done`
		_, nats, _ := net.SplitHostPort(hostPort(st.NATS.URL))
		_, web, _ := net.SplitHostPort(hostPort(st.Fossil.URL))
		out, err := exec.Command(setpriv, "--reuid=65534", "--clear-groups", "bash", "-c", script, "-", nats, web, fmt.Sprint(n)).CombinedOutput()
		if err != nil {
			t.Logf("%v: %s", err, out) // a connection that is cut is no fault
		}
		now := statusOf(t, h)
		if now.NATS.Server.Refused < n || *now.Fossil.Refused < n {
			t.Errorf("counted %d at NATS, %d at Fossil, want %d each", now.NATS.Server.Refused, *now.Fossil.Refused, n)
		}
	}
	for i := range n {
		nonsense(t, st, i)
	}
	within(t, 20*time.Second, "all counted", func() bool { return *statusOf(t, h).Fossil.Rejected >= 2*n })
	if err := h.Shutdown(t.Context(), hub.WithForce(true)); err != nil {
		t.Fatal(err)
	}
	log := readFile(t, hub.LogPath(root))
	warnings := strings.Count(log, `"level":"WARN"`) + strings.Count(log, `"level":"ERROR"`)
	if warnings > 24 {
		t.Errorf("%d warnings and errors in the log", warnings)
	}
	for _, want := range []string{"rejected a request for another host", "rejected a content type", "parser ERROR", " more in the last "} {
		if !strings.Contains(log, want) {
			t.Errorf("the log says nothing of %q:\n%s", want, log)
		}
	}
	if foreign && !strings.Contains(log, "fossil: refused a connection") {
		t.Errorf("the log says nothing of other users:\n%s", log)
	}
}

// nonsense sends what both servers do not take, and never the same.
func nonsense(t *testing.T, st hub.Status, i int) {
	t.Helper()
	for _, edit := range []func(*http.Request){
		func(q *http.Request) { q.Host = fmt.Sprint("evil", i, ".example") },
		func(q *http.Request) { q.Header.Set("Content-Type", fmt.Sprint("text/x-", i)) },
	} {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, st.Fossil.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		edit(q)
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
	c, err := net.Dial("tcp", hostPort(st.NATS.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "CONNECT {\"name\":\"a%d\"}\r\nNONSENSE %d\r\n", i, i)
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	for b := make([]byte, 4096); err == nil; {
		_, err = c.Read(b) // until it is cut off
	}
}

// TestNothingOfTheRepositoryIsForOthers looks at the modes while the hub runs.
func TestNothingOfTheRepositoryIsForOthers(t *testing.T) {
	root := newWorkspace(t)
	startHub(t, root)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(bonesdir.At(root).Fossil() + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(info.Name()), info.Mode())
		}
	}
}
