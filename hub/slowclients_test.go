package hub_test

import (
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
)

// TestSlowConnectionsKeepNobodyOut has more connections than there are places say nothing, or
// begin with a request that does not end. The fossil program clones and pushes meanwhile.
func TestSlowConnectionsKeepNobodyOut(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	url := statusOf(t, h).Fossil.URL
	begin := []string{
		"",
		"POST / HTTP/1.1\r\nHost: ",
		fmt.Sprintf("POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-fossil\r\nContent-Length: 100000\r\n\r\nx", hostPort(url)),
	}
	conns := make([]net.Conn, 600)
	for i := range conns {
		c, err := net.DialTimeout("tcp", hostPort(url), 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		conns[i] = c
		if _, err := fmt.Fprint(c, begin[i%len(begin)]); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), peertest.Fossil(t), args...)
		cmd.Dir, cmd.Env = dir, append(cmd.Environ(), "HOME="+dir, "USER=tester", "FOSSIL_USER=tester")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("fossil %s: %v\n%s", args, err, out)
		}
	}
	begun := time.Now()
	run("clone", url, "c.fossil")
	t.Logf("cloned after %v", time.Since(begun).Round(time.Millisecond))
	clone, err := fossil.Open(t.Context(), filepath.Join(dir, "c.fossil"), fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	ci, err := clone.Commit(t.Context(), fossil.Commit{Comment: "c", Files: []fossil.File{{Name: "new", Content: []byte("x")}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := clone.Close(); err != nil {
		t.Fatal(err)
	}
	run("push", "-R", "c.fossil", "--once", url)
	if _, err := openTrunk(t, root).Resolve(t.Context(), ci.UUID); err != nil {
		t.Errorf("the check-in has not arrived: %v", err)
	}
	var cut uint64
	for _, f := range statusOf(t, h).Fossil.Failures {
		if f.Cause == fossil.CauseSlow && f.Door == fossil.DoorHTTP {
			cut = f.Count
		}
	}
	if cut < 600-512 {
		t.Errorf("%d connections are counted as cut", cut)
	}
	for _, c := range conns {
		c.Close()
	}
	stopHub(t, h)
	lines := 0
	for _, e := range entries(t, hub.LogPath(root)) {
		if strings.Contains(e.Msg, "rejected a connection over http from 127.0.0.1:") {
			lines++
		}
	}
	if lines < 1 || lines > 4 { // slow or malformed: the first of each, and their counts at the end
		t.Errorf("%d lines tell of them", lines)
	}
}
