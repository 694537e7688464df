//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"bones-tui/cmd/bones-tui/internal/termtest"
	"bones-tui/hub"
	"bones-tui/hub/proc"
)

// whosePatience bounds every wait: a busy machine is no fault of the program.
const whosePatience = 2 * time.Minute

// place is a workspace in which askers are put, with the environment that they get.
type place struct {
	root  string   // where they run
	state string   // its state directory
	home  string   // the operator's
	env   []string // beyond his home
	hub   int      // who is the hub, or its keeper; 0: nobody

	ahead   *answer // what a command has answered that could not wait
	busy    bool    // others write there
	atATime int     // how many views look at once
	once    bool    // it serves one question only
	asked   bool    // something was
	last    fate    // what it did
}

// newPlace is a place with its state where it usually is.
func newPlace(t *testing.T, root string) *place {
	t.Helper()
	p := &place{root: root, state: filepath.Join(root, ".bones"), home: t.TempDir(), atATime: 3}
	t.Cleanup(func() { endFamily(t, root) })
	return p
}

// again reports whether a question can be put here after the last one.
func (p *place) again() bool {
	return !p.asked || !p.once && p.last == asBefore || p.last == untouched && p.hub != 0
}

// command is one of the program in this place.
func (p *place) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(released(t), args...)
	cmd.Dir = p.root
	cmd.Env = append(os.Environ(), "HOME="+p.home, "PWD="+cmd.Dir, "XDG_STATE_HOME="+filepath.Join(p.home, "state"),
		"XDG_CONFIG_HOME="+filepath.Join(p.home, "config"), "TERM=xterm-256color", "COLORTERM=truecolor", "TZ=UTC")
	cmd.Env = append(cmd.Env, p.env...)
	return cmd
}

// answer is what a command has answered.
type answer struct {
	code     int
	out, err string
}

// run runs a command to its end. One that has become a hub in the foreground is ended by
// ctrl+c once it is ready.
func (p *place) run(t *testing.T, args ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), whosePatience) // also in a cleanup
	defer cancel()
	cmd := p.command(t, args...)
	var out, errs bytes.Buffer
	watch := &readyWatch{buf: &errs, ready: func() { _ = cmd.Process.Signal(os.Interrupt) }}
	cmd.Stdout, cmd.Stderr = &out, watch
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return answer{code: -1}
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer stop()
	_ = cmd.Wait() // its code is in its state
	return answer{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// readyWatch collects standard error, and calls ready when a hub in the foreground is.
type readyWatch struct {
	buf   *bytes.Buffer
	ready func()
	once  sync.Once
}

func (w *readyWatch) Write(b []byte) (int, error) {
	w.buf.Write(b)
	if strings.Contains(w.buf.String(), "is ready: fossil") {
		w.once.Do(w.ready)
	}
	return len(b), nil
}

// askTogether puts questions after which all is as before, all at once.
func (p *place) askTogether(t *testing.T, all []question) {
	t.Helper()
	before := p.listing(t)
	answers := make([]answer, len(all))
	var asking errgroup.Group
	asking.SetLimit(p.atATime)
	for i, q := range all {
		asking.Go(func() error { answers[i] = p.answer(t, q); return nil })
	}
	_ = asking.Wait()
	for i, q := range all {
		t.Run(q.String(), func(t *testing.T) { p.check(t, q, answers[i]) })
	}
	if after := p.listing(t); after != before {
		t.Errorf("the directory was\n%s\nand is\n%s", before, after)
	}
	p.checkFate(t, asBefore)
	p.asked, p.last = true, asBefore
}

// outOfTime is what a view says that has given up on a hub: on a machine that is busy
// enough it does so with any.
var outOfTime = regexp.MustCompile(`deadline exceeded|does not answer|not connected|no hub answers`)

// answer asks, again if a view has given up on a hub that should answer.
func (p *place) answer(t *testing.T, q question) (got answer) {
	t.Helper()
	for range 5 {
		got = p.run(t, append(q.args, q.want.more...)...)
		if p.hub == 0 || q.acts || !outOfTime.MatchString(got.out+got.err) || p.fits(q.want.out+q.want.err, got.out+got.err) {
			break
		}
	}
	return got
}

// ask puts one question, and looks at what has become of the hub.
func (p *place) ask(t *testing.T, q question) {
	t.Helper()
	before := p.listing(t)
	switch {
	case q.args == nil:
		p.askScreen(t, q)
	case p.ahead != nil:
		p.check(t, q, *p.ahead)
	default:
		p.check(t, q, p.answer(t, q))
	}
	if q.want.then == asBefore {
		if after := p.listing(t); after != before {
			t.Errorf("the directory was\n%s\nand is\n%s", before, after)
		}
	}
	p.checkFate(t, q.want.then)
	p.asked, p.last = true, q.want.then
}

func (p *place) check(t *testing.T, q question, got answer) {
	t.Helper()
	if got.code != q.want.code {
		t.Errorf("exit code %d, want %d; it says\n%s%s", got.code, q.want.code, got.out, got.err)
	}
	p.matches(t, "standard output", q.want.out, got.out)
	p.matches(t, "standard error", q.want.err, got.err)
}

// askScreen runs the dashboard in a terminal, and ends it.
func (p *place) askScreen(t *testing.T, q question) {
	t.Helper()
	if q.want.code != 0 {
		term := termtest.Start(t, p.command(t), 900, 40) // the line shall not be wrapped
		code := term.Exit()
		p.check(t, q, answer{code: code, err: strings.TrimSpace(term.Frame().String()) + "\n"})
		return
	}
	term := termtest.Start(t, p.command(t), 200, 40)
	term.WaitForFunc(q.want.out, func(f termtest.Frame) bool { return p.fits(q.want.out, f.String()) })
	if v := p.whose(t); q.want.then == started && v.Answer != hub.OwnedHeld {
		t.Errorf("on the screen runs a hub, and %+v", v)
	}
	term.Signal(syscall.SIGTERM)
	if code := term.Exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if err := term.Restored(); err != nil {
		t.Error(err)
	}
}

// whose asks whose hub the place has.
func (p *place) whose(t *testing.T) hub.Ownership {
	t.Helper()
	if len(p.env) == 0 {
		return hub.Whose(p.root)
	}
	var o overview // the environment says where the state is: only a process of its own can be asked
	got := p.run(t, "status", "--json")
	if err := json.Unmarshal([]byte(got.out), &o); err != nil {
		t.Fatalf("%v: %s%s", err, got.out, got.err)
	}
	return o.Whose
}

// checkFate looks at what has become of the hub.
func (p *place) checkFate(t *testing.T, then fate) {
	t.Helper()
	v := p.whose(t)
	switch {
	case then == asBefore || then == untouched:
		if v.PID != p.hub || p.hub != 0 && !proc.Alive(p.hub) {
			t.Errorf("process %d was the hub, and now %+v", p.hub, v)
		}
	case then == started && v.Answer == hub.OwnedHeld: // in the background
		if got := p.run(t, "hub", "stop", "--force"); !strings.Contains(got.err, fmt.Sprintf("(pid %d)", v.PID)) || p.whose(t).Answer != hub.OwnedFree {
			t.Errorf("%+v, and the stop says %d %s", v, got.code, got.err)
		}
	case then == started || then == ended:
		if v.Answer != hub.OwnedFree || p.hub != 0 && proc.Alive(p.hub) || len(keepersOf(p.root)) > 0 {
			t.Errorf("after the end of hub %d: %+v, keepers %v", p.hub, v, keepersOf(p.root))
		}
	case then == doubted:
		if v.Answer != hub.OwnedUncertain || proc.Alive(p.hub) || !strings.Contains(v.Next, "rm "+filepath.Join(p.state, "hub.pid")) {
			t.Errorf("after the end of hub %d: %+v", p.hub, v)
		}
	case then == replaced:
		if v.Answer != hub.OwnedHeld || v.PID == p.hub || v.Role != "hub" || !v.Serving {
			t.Errorf("process %d should have a successor, and %+v", p.hub, v)
		}
	}
}

// listing tells what is in the workspace and on the operator's list: names, and where nobody
// writes also modes, sizes and times. Of SQLite's shared memory only the name counts,
// for every reader registers there.
func (p *place) listing(t *testing.T) string {
	t.Helper()
	all, names := map[string]string{}, p.hub != 0 || p.busy
	for _, dir := range []string{p.root, p.state, filepath.Join(p.home, ".bones")} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if names && (e.Name() == "coord" || strings.Contains(e.Name(), ".fossil-")) {
				return skip(e)
			}
			info, err := e.Info()
			if err == nil && !names && !strings.HasSuffix(path, "-shm") {
				all[path] = fmt.Sprint(info.Mode(), " ", info.Size(), " ", info.ModTime().UnixNano())
			} else {
				all[path] = ""
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	for _, path := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintln(&text, path, all[path])
	}
	return text.String()
}

func skip(e fs.DirEntry) error {
	if e.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// recorded is the pid in hub.pid, 0 without one.
func (p *place) recorded() int {
	b, _ := os.ReadFile(filepath.Join(p.state, "hub.pid"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid
}

// record writes hub.pid.
func (p *place) record(t *testing.T, pid int) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(p.state, "hub.pid"), fmt.Appendf(nil, "%d\n", pid), 0o644))
}
