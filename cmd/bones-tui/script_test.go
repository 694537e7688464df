package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/shirou/gopsutil/v4/process"

	"bones-tui/hub/proc"
)

// TestScripts runs testdata/script/*.txtar: each is a session of a shell user.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv(programEnv, "1") // for children that start os.Executable again
			env.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(env.WorkDir, "gitconfig"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "listing": listing, "kill-hub": killHub, "await-hub": awaitHub, "slot": slotAtWork, "start-on-port-of": startOnPortOf,
			"documented": documented,
		},
	})
}

// exits runs a command and checks its exit code: exits CODE COMMAND ARG…
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("%v: exit code %d, want %d", args[1:], code, want)
	}
}

// listing writes the names of all files below a directory, with -full also their
// modes, sizes and times. Of SQLite's shared memory only the name counts, for every
// reader registers there: listing [-full] DIR FILE
func listing(ts *testscript.TestScript, _ bool, args []string) {
	full := args[0] == "-full"
	if full {
		args = args[1:]
	}
	var out strings.Builder
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprint(&out, path)
		if full && !strings.HasSuffix(path, "-shm") {
			fmt.Fprint(&out, " ", info.Mode(), " ", info.Size(), " ", info.ModTime().UnixNano())
		}
		fmt.Fprintln(&out)
		return nil
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(out.String()), 0o600))
}

// killHub kills the process that a pid file names together with its keeper, who would
// start a hub again, and waits until they are gone.
func killHub(ts *testscript.TestScript, _ bool, args []string) {
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, syscall.SIGSTOP)) // or it makes another keeper
	pids := append(keepersOf(ts.MkAbs(".")), pid)
	for _, pid := range pids {
		ts.Check(syscall.Kill(pid, syscall.SIGKILL))
	}
	deadline := time.Now().Add(10 * time.Second)
	for slices.ContainsFunc(pids, proc.Alive) {
		if time.Now().After(deadline) {
			ts.Fatalf("one of %v is still alive", pids)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// keepersOf lists the keepers of a workspace's hub.
func keepersOf(root string) (pids []int) {
	all, _ := process.Pids()
	for _, pid := range all {
		_, args, err := proc.Command(int(pid))
		if err == nil && slices.Contains(args, "keep") && slices.Contains(args, root) {
			pids = append(pids, int(pid))
		}
	}
	return pids
}

// awaitHub waits until the hub of the current directory is ready.
func awaitHub(ts *testscript.TestScript, _ bool, _ []string) {
	deadline := time.Now().Add(60 * time.Second)
	for ts.Exec("bones-tui", "hub", "status") != nil {
		if time.Now().After(deadline) {
			ts.Fatalf("no hub comes up")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// slotAtWork makes a slot's directory whose process is this test: slot NAME
func slotAtWork(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(filepath.Join(".bones", "swarm", args[0]))
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(os.WriteFile(filepath.Join(dir, "leaf.pid"), fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600))
}

// startOnPortOf starts a detached hub, which must fail, on the port of a recorded URL:
// start-on-port-of FILE FLAG…
func startOnPortOf(ts *testscript.TestScript, _ bool, args []string) {
	url := strings.TrimSpace(ts.ReadFile(args[0]))
	port := url[strings.LastIndexByte(url, ':')+1:]
	line := []string{"1", "bones-tui", "hub", "start", "--detach", "--coord-port", port}
	exits(ts, false, append(line, args[1:]...))
}
