package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/hub/findings"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/peertest"
)

// goroutinesIn counts the goroutines of this process that are in a function.
func goroutinesIn(function string) int {
	stacks := make([]byte, 16<<20)
	return bytes.Count(stacks[:runtime.Stack(stacks, true)], []byte(function+"("))
}

// More pushes than there are places wait for another program that holds the repository. A
// clone over either door does not wait for them, and when it lets go they all arrive. It
// counts goroutines of the whole process, so it runs alone.
func TestWaitingPushesHoldUpNoClone(t *testing.T) {
	const each = 9
	root := newWorkspace(t)
	h := startHub(t, root)
	url := statusOf(t, h).Fossil.URL
	project := openTrunk(t, root).ProjectCode()
	doors := map[string]fossil.Transport{fossil.DoorHTTP: fossil.NewHTTPTransport(url), fossil.DoorNATS: overNATS(h, project)}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var pushers []*fossil.Repo
	var mine []string
	for range each {
		c, err := fossil.Clone(ctx, filepath.Join(t.TempDir(), "c.fossil"), doors[fossil.DoorHTTP], fossil.CloneOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		pushers = append(pushers, c)
	}
	for pushed, transport := range doors {
		var many []fossil.File // so many that a pull would write a cluster of them
		for i := range 150 {
			many = append(many, fossil.File{Name: fmt.Sprint("many", i), Content: []byte(fmt.Sprint(pushed, i))})
		}
		other, err := fossil.Open(ctx, hub.HubFossilPath(root), fossil.ReadWrite)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Commit(ctx, fossil.Commit{Branch: "many", Comment: "many", Files: many}); err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		release := peertest.HoldWriteLock(t, hub.HubFossilPath(root))
		results := make(chan error, each)
		for i, c := range pushers {
			ci, err := c.Commit(ctx, fossil.Commit{Branch: fmt.Sprint("b", i), Comment: "c", Files: []fossil.File{{Name: "new", Content: []byte(fmt.Sprint(pushed, i))}}})
			if err != nil {
				t.Fatal(err)
			}
			mine = append(mine, ci.UUID)
			go func() {
				_, err := c.Push(ctx, transport, fossil.SyncOptions{})
				results <- err
			}()
		}
		within(t, 20*time.Second, "pushes that wait", func() bool {
			return goroutinesIn("fossil.(*Repo).work") >= each && goroutinesIn("sqlite.(*DB).Write") == 4
		})
		dir := t.TempDir()
		for _, args := range [][]string{{"clone", url, "http.fossil"}, {"pull", url, "-R", "http.fossil", "--once"}} {
			cmd := exec.CommandContext(ctx, peertest.Fossil(t), args...)
			cmd.Dir, cmd.Env = dir, append(cmd.Environ(), "HOME="+dir, "USER=tester")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a %s over http, with pushes waiting over %s: %v\n%s", args[0], pushed, err, out)
			}
		}
		c, err := fossil.Clone(ctx, filepath.Join(dir, "nats.fossil"), doors[fossil.DoorNATS], fossil.CloneOptions{})
		if err != nil {
			t.Errorf("a clone over nats, with pushes waiting over %s: %v", pushed, err)
		} else if err := c.Close(); err != nil {
			t.Error(err)
		}
		if n := goroutinesIn("sqlite.(*DB).Write"); len(results) > 0 || n != 4 {
			t.Errorf("of the pushes over %s %d did not wait, and %d write", pushed, len(results), n)
		}
		release()
		for range each {
			if err := <-results; err != nil {
				t.Errorf("a push over %s: %v", pushed, err)
			}
		}
	}
	trunk := openTrunk(t, root)
	for _, uuid := range mine {
		if _, err := trunk.Resolve(ctx, uuid); err != nil {
			t.Errorf("check-in %.10s has not arrived: %v", uuid, err)
		}
	}
}

// What fails at either door is in the log, in the status and, when it repeats, a finding.
func TestFailuresOfBothDoorsAreTold(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	url := statusOf(t, h).Fossil.URL
	project := openTrunk(t, root).ProjectCode()
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), peertest.Fossil(t), args...)
		cmd.Dir, cmd.Env = dir, append(cmd.Environ(), "HOME="+dir, "USER=tester")
		out, _ := cmd.CombinedOutput() // it says success whatever the hub answers
		return string(out)
	}
	run("clone", url, "c.fossil")
	mallory := strings.Replace(url, "//", "//mallory:wrong@", 1)
	for range 3 {
		if out := run("push", mallory, "-R", "c.fossil", "--once"); !strings.Contains(out, "login failed") {
			t.Fatalf("a push with a wrong login is told %q", out)
		}
	}
	login := fossil.SyncOptions{Login: fossil.Login{User: "trudy", Password: "wrong"}}
	c, err := fossil.Open(t.Context(), filepath.Join(dir, "c.fossil"), fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 {
		if _, err := c.Push(t.Context(), overNATS(h, project), login); err == nil {
			t.Fatal("a push with a wrong login is taken")
		}
	}
	st := statusOf(t, h).Fossil
	for _, want := range []struct{ door, user string }{{fossil.DoorHTTP, "mallory"}, {fossil.DoorNATS, "trudy"}} {
		found := false
		for _, f := range st.Failures {
			found = found || f.Door == want.door && f.User == want.user && f.Cause == fossil.CauseRefused && f.Count >= 3 && !f.Ours && f.Peer != ""
		}
		if !found {
			t.Errorf("the status has no %+v: %+v", want, st.Failures)
		}
		finding := false
		for _, f := range findingsOf(t, root, "fossil") {
			finding = finding || f.Grade == findings.GradeWarn && strings.Contains(f.Text, "over "+want.door) && strings.Contains(f.Text, want.user)
		}
		if !finding {
			t.Errorf("doctor does not find %+v: %+v", want, findingsOf(t, root, "fossil"))
		}
	}
	if *st.Rejected < 6 || *st.Failed != 0 {
		t.Errorf("%d rejected, %d failed", *st.Rejected, *st.Failed)
	}
	if text, err := json.Marshal(st); err != nil || !strings.Contains(string(text), `"cause":"refused"`) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
	stopHub(t, h)
	for _, user := range []string{"mallory", "trudy"} {
		var lines []string
		for _, e := range entries(t, hub.LogPath(root)) {
			if strings.Contains(e.Msg, user) {
				lines = append(lines, e.Msg)
				if e.Level != hub.LevelWarn || !strings.Contains(e.Msg, " from ") || !strings.Contains(e.Msg, "login failed") {
					t.Errorf("%+v", e)
				}
			}
		}
		if len(lines) != 2 || !strings.Contains(lines[1], "more in the last") {
			t.Errorf("the log tells of %s: %q", user, lines)
		}
	}
}
