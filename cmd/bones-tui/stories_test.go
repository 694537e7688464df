package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/slots"
)

// stories are the rows of docs/operating.md, by their names. Each runs on a real
// terminal and a real hub; what it presses must be what the table says.
var stories = map[string]func(*operator){
	"find the stuck slot": func(o *operator) {
		o.dashboard()
		o.session("api", 0)
		o.session("auth", 2*time.Minute)
		o.waitFor("1 stale")
		o.press("3", "g", "enter")
		o.waitFor("SLOT auth")
		o.waitFor("stale: its session was renewed")
	},
	"why did the last start fail": func(o *operator) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		o.check(err)
		defer taken.Close()
		port := taken.Addr().(*net.TCPAddr).Port
		o.start("--repo-port", strconv.Itoa(port))
		o.waitFor("FAILED")
		o.waitFor("The hub failed")
		o.waitFor("address already in use")
		o.waitFor("bring-up failed")
	},
	"errors of one agent in the last ten minutes": func(o *operator) {
		o.dashboard()
		o.log(`"level":"ERROR","event":"rpc","rpc":"tasks.claim","agent":"slot-api","err":"too old"`, 20*time.Minute)
		o.log(`"level":"ERROR","event":"rpc","rpc":"tasks.claim","agent":"slot-api","err":"cas conflict"`, time.Minute)
		o.log(`"level":"ERROR","event":"rpc","rpc":"tasks.claim","agent":"slot-auth","err":"of another"`, time.Minute)
		o.waitFor("of another")
		o.press("/")
		o.enter("agent:slot-api level>=error since:10m")
		o.press("enter")
		o.waitUntil("only its errors", func(s string) bool {
			return strings.Contains(s, "cas conflict") && !strings.Contains(s, "too old") && !strings.Contains(s, "of another")
		})
	},
	"stop when the last slot is done": func(o *operator) {
		o.dashboard()
		o.session("auth", 0)
		o.waitFor("1 active")
		o.press("s")
		o.waitFor("wait for")
		o.answer("w", func(s string) bool { return !strings.Contains(s, "w wait") })
		o.endSession("auth")
		o.waitFor("STOPPED")
	},
	"force-stop now": func(o *operator) {
		o.dashboard()
		o.session("auth", 0)
		o.waitFor("1 active")
		o.press("S")
		o.waitFor("Cancel")
		o.answer("F", func(s string) bool { return !strings.Contains(s, "Cancel") })
		o.waitFor("STOPPED")
	},
	"hand over and quit": func(o *operator) {
		o.dashboard()
		o.session("auth", 0)
		o.waitFor("1 active")
		before, _ := hub.IsRunning(o.root)
		o.press("q")
		o.waitFor("background")
		o.answer("b", func(s string) bool { return !strings.Contains(s, "Cancel") })
		o.waitFor("the hub keeps running in the background")
		if after, ok := hub.IsRunning(o.root); !ok || after == before {
			o.t.Errorf("the hub was process %d and is %d, %v", before, after, ok)
		}
	},
	"which check-ins are at risk": func(o *operator) {
		o.dashboard()
		o.checkIn("slot-auth", "auth: rotate session keys")
		o.waitFor("2 check-ins")
		o.press("2", "enter")
		o.waitUntil("the check-in, unapplied", unapplied.MatchString)
	},
	"copy the fix": func(o *operator) {
		o.dashboard()
		o.session("auth", 2*time.Minute)
		o.waitFor("1 stale")
		o.press("!")
		o.waitFor("mend it")
		o.press("y")
		o.waitFor("copied")
		if got := o.run("show-buffer"); got != "bones swarm close --slot=auth --result=fail" {
			o.t.Errorf("the clipboard holds %q", got)
		}
	},
	"read a panic": func(o *operator) {
		o.dashboard()
		o.raw("panic: assert: boom\n\ngoroutine 7 [running]:\nmain.work(0xc000012345)\n\t/src/demo/work.go:41 +0x1d\nexit status 2\n")
		o.log(`"level":"INFO","event":"lifecycle","msg":"hub: later"`, 0)
		o.waitFor("hub: later")
		o.press("E")
		o.waitFor("▌┆         raw   panic: assert: boom")
		o.press("enter")
		o.waitFor("/src/demo/work.go:41")
	},
	"stop, and have the work as a patch": func(o *operator) {
		o.dashboard()
		o.checkIn("slot-auth", "auth: rotate session keys")
		o.waitFor("2 check-ins")
		o.waitFor("1 not in git")
		o.press("s")
		o.waitFor("The next bones command empties hub.fossil")
		o.answer("a", func(s string) bool { return strings.Contains(s, "git apply --3way") })
		o.press("y")
		o.waitFor("STOPPED")
		list, err := filepath.Glob(filepath.Join(o.home, "bones-tui", "*.patch"))
		if err != nil || len(list) != 1 {
			o.t.Fatalf("patches: %q, %v", list, err)
		}
		cmd := exec.Command("git", "apply", "--3way", list[0])
		cmd.Dir = o.root
		if out, err := cmd.CombinedOutput(); err != nil {
			o.t.Errorf("git apply: %v\n%s", err, out)
		}
		if text, err := os.ReadFile(filepath.Join(o.root, "added.txt")); string(text) != "new\n" {
			o.t.Errorf("git has made %q, %v", text, err)
		}
	},
	"have back what a reseed put aside": func(o *operator) {
		o.dashboard()
		o.checkIn("slot-auth", "auth: rotate session keys")
		o.waitFor("2 check-ins")
		o.press("W")
		o.waitFor("Cancel")
		o.answer("A", func(s string) bool { return !strings.Contains(s, "Cancel") })
		o.waitFor("a fresh repository")
		o.waitFor("RUNNING owned")
		if strings.Contains(o.screen(), "ACTIVITY") { // the answer was given once too often
			o.press("esc")
			o.waitFor("f pause")
		}
		o.keys, o.count = nil, 0 // the story begins here
		o.press("ctrl+r")
		o.waitFor("stop the hub first")
		o.press("s")
		o.waitFor("Cancel")
		o.answer("y", func(s string) bool { return !strings.Contains(s, "Cancel") })
		o.waitFor("archive")
		o.press("enter")
		o.waitFor("auth: rotate session keys")
		o.press("b")
		o.waitFor("takes the place of the repository")
		o.answer("y", func(s string) bool { return !strings.Contains(s, "Cancel") })
		o.waitFor("1 check-in is back")
		if st, err := hub.History(o.t.Context(), o.root); err != nil || *st.CheckIns != 2 {
			o.t.Errorf("the repository has %+v, %v", st, err)
		}
	},
	"what changed on trunk in the last hour": func(o *operator) {
		o.dashboard()
		o.checkIn("slot-auth", "auth: rotate session keys")
		o.waitFor("2 check-ins")
		o.press("2", "enter")
		o.waitUntil("the check-in, listed", unapplied.MatchString)
		o.press("enter")
		o.waitFor("CHECK-IN")
		o.waitFor("added.txt")
	},
}

// unapplied is how a list of check-ins shows the one that checkIn made.
var unapplied = regexp.MustCompile(`unapplied +slot-auth +trunk +[0-9a-f]+ +auth: rotate session keys`)

func TestOperatorStories(t *testing.T) {
	needPeer(t, "tmux")
	needPeer(t, "fossil")
	rows := readStories(t)
	for name := range stories {
		if _, ok := rows[name]; !ok {
			t.Errorf("%q is not in docs/operating.md", name)
		}
	}
	for name, row := range rows {
		tell, ok := stories[name]
		if !ok {
			t.Errorf("no test tells %q", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &operator{t: t, root: newWorkspace(t)}
			tell(o)
			if keys := strings.Join(o.keys, " "); keys != row.keys || o.count != row.number {
				t.Errorf("pressed %d: %s; the table says %d: %s", o.count, keys, row.number, row.keys)
			}
		})
	}
}

// storyRow is what the table says of one story.
type storyRow struct {
	keys   string
	number int
}

var storyLine = regexp.MustCompile(`^\| ([^|]+) \| ([^|]*)\| (\d+) \|`)

func readStories(t *testing.T) map[string]storyRow {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	table, _, _ := strings.Cut(string(text), "\n## ")
	rows := map[string]storyRow{}
	for line := range strings.Lines(table) {
		if m := storyLine.FindStringSubmatch(line); m != nil {
			n, err := strconv.Atoi(m[3])
			if err != nil {
				t.Fatal(err)
			}
			rows[m[1]] = storyRow{keys: strings.TrimSpace(strings.ReplaceAll(m[2], "`", "")), number: n}
		}
	}
	return rows
}

// operator sits before a terminal, and remembers what was pressed.
type operator struct {
	*tmux
	t     *testing.T
	root  string
	keys  []string
	count int
}

func (o *operator) check(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// start opens the dashboard.
func (o *operator) start(args ...string) {
	o.t.Helper()
	exe, err := os.Executable()
	o.check(err)
	command := "env " + programEnv + "=1 " + exe + " " + strings.Join(args, " ") + "; exec cat"
	o.tmux = newTmux(o.t, o.root, command, 120, 40)
	o.run("set-option", "-s", "set-clipboard", "on")
	o.t.Cleanup(func() { // before its terminal goes: a hang-up would hand the hub over
		if err := hub.Stop(o.root, hub.WithForce(true)); err != nil {
			o.t.Error(err)
		}
	})
}

// dashboard opens the dashboard and waits until its hub runs.
func (o *operator) dashboard() {
	o.t.Helper()
	o.start()
	o.waitFor("RUNNING owned")
	o.waitFor("1 check-in")
}

// press presses keys by the names that the table has.
func (o *operator) press(keys ...string) {
	o.t.Helper()
	for _, k := range keys {
		o.keys = append(o.keys, k)
		o.count++
		o.send(k)
	}
}

func (o *operator) send(key string) {
	o.t.Helper()
	if name, ok := map[string]string{"enter": "Enter", "esc": "Escape", "ctrl+r": "C-r"}[key]; ok {
		key = name
	}
	o.run("send-keys", "-t", "t", key)
}

// enter types text.
func (o *operator) enter(text string) {
	o.t.Helper()
	o.keys = append(o.keys, text)
	o.count += len(text)
	o.run("send-keys", "-t", "t", "-l", text)
}

// answer gives the key of an open dialog once. A dialog is deaf for its first moments,
// which a person does not notice: a key that it did not hear is sent again.
func (o *operator) answer(key string, taken func(screen string) bool) {
	o.t.Helper()
	o.press(key)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for range 100 {
		<-tick.C
		if taken(o.screen()) {
			return
		}
		o.send(key)
	}
	o.t.Fatalf("the dialog does not take %q:\n%s", key, o.screen())
}

// session writes a session record that was renewed some time ago.
func (o *operator) session(slot string, ago time.Duration) {
	o.t.Helper()
	nc := connect(o.t, o.root)
	defer nc.Close()
	kv, err := jetStream(o.t, nc).KeyValue(o.t.Context(), slots.BucketSessions)
	o.check(err)
	host, _ := os.Hostname()
	record, err := slots.Session{
		Slot: slot, TaskID: "t-7c92", AgentID: "slot-" + slot, Host: host,
		StartedAt: time.Now().Add(-ago - time.Minute), LastRenewed: time.Now().Add(-ago),
	}.Encode()
	o.check(err)
	_, err = kv.Put(o.t.Context(), slot, record)
	o.check(err)
}

// endSession closes a session as an agent does that is done.
func (o *operator) endSession(slot string) {
	o.t.Helper()
	nc := connect(o.t, o.root)
	defer nc.Close()
	kv, err := jetStream(o.t, nc).KeyValue(o.t.Context(), slots.BucketSessions)
	o.check(err)
	o.check(kv.Delete(o.t.Context(), slot))
}

// log appends an entry to hub.log as another writer would.
func (o *operator) log(fields string, ago time.Duration) {
	o.t.Helper()
	o.raw(fmt.Sprintf("{\"ts\":%q,%s}\n", time.Now().Add(-ago).UTC().Format(time.RFC3339), fields))
}

func (o *operator) raw(text string) {
	o.t.Helper()
	f, err := os.OpenFile(hub.LogPath(o.root), os.O_APPEND|os.O_WRONLY, 0)
	o.check(err)
	_, err = f.WriteString(text)
	o.check(err)
	o.check(f.Close())
}

// checkIn clones the hub's repository with Fossil's own program, and checks a new
// file in.
func (o *operator) checkIn(user, comment string) {
	o.t.Helper()
	dir := o.t.TempDir()
	clone := filepath.Join(dir, "leaf.fossil")
	o.fossil(dir, "clone", hub.FossilURL(o.root), clone)
	tree := filepath.Join(dir, "wt")
	o.check(os.Mkdir(tree, 0o700))
	o.fossil(tree, "open", clone)
	o.check(os.WriteFile(filepath.Join(tree, "added.txt"), []byte("new\n"), 0o600))
	o.fossil(tree, "add", "added.txt")
	o.fossil(tree, "commit", "--user-override", user, "-m", comment)
}

func (o *operator) fossil(dir string, args ...string) {
	o.t.Helper()
	cmd := exec.Command("fossil", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+o.t.TempDir(), "USER=nobody")
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("fossil %v: %v\n%s", args, err, out)
	}
}
