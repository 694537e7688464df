package fossil_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
)

// crashEnv makes the test binary commit to the repository it names until it is
// killed.
const crashEnv = "FOSSIL_CRASH_TEST"

// commitForever makes check-ins and prints the hash of each that is done.
func commitForever(path string) error {
	ctx := context.Background()
	r, err := fossil.Open(ctx, path, fossil.ReadWrite)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		ci, err := r.Commit(ctx, fossil.Commit{Files: files(fmt.Sprintf("f=%d %d", os.Getpid(), i))})
		if err != nil {
			return err
		}
		if _, err := fmt.Println(ci.UUID); err != nil {
			return err
		}
	}
}

func TestKilledProcessLosesNoCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.fossil")
	r, err := fossil.Create(t.Context(), path, fossil.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	commit(t, r, fossil.Commit{Files: files("f=0")})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	done := map[string]bool{}
	for cycle := range smaller(20) {
		for _, uuid := range killAfter(t, path, 3+cycle*2) {
			done[uuid] = true
		}
	}
	r, err = fossil.Open(t.Context(), path, fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for uuid := range done {
		if _, err := r.Resolve(t.Context(), uuid); err != nil {
			t.Errorf("check-in %s was reported and is gone: %v", uuid, err)
		}
	}
	if leaves, err := r.Leaves(t.Context()); err != nil || len(leaves) != 1 {
		t.Errorf("leaves %v, %v; want one line of history", leaves, err)
	}
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestProcessKilledWhileSeedingLeavesAnEmptyRepository(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.fossil")
	cmd := crashCommand(t, path, "seed")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the seed was done before the kill")
	}
	if _, err := os.Stat(path + "-journal"); err != nil {
		t.Errorf("no half-done transaction was left: %v", err)
	}
	r, err := fossil.Open(t.Context(), path, fossil.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if s, err := r.Stats(t.Context()); err != nil || s.Artifacts != 0 {
		t.Errorf("%d artifacts, %v; want none", s.Artifacts, err)
	}
	commit(t, r, fossil.Commit{Files: sourceTree(20, 100), Replace: true})
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// seedSlowly prints a line when the first seed of a new repository is half
// done, and then waits.
func seedSlowly(path string) error {
	ctx := context.Background()
	r, err := fossil.Create(ctx, path, fossil.CreateOptions{})
	if err != nil {
		return err
	}
	half := func(done, total int) {
		if done == total/2 {
			fmt.Println("half")
			select {}
		}
	}
	_, err = r.Commit(ctx, fossil.Commit{Files: sourceTree(200, 60_000), Replace: true, Progress: half})
	return err
}

// crashCommand returns this test binary as a process to be killed.
func crashCommand(t *testing.T, path, what string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, what)
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// killAfter runs a committing process, kills it after n check-ins and returns
// those it has reported.
func killAfter(t *testing.T, path string, n int) (uuids []string) {
	t.Helper()
	cmd := crashCommand(t, path, "commit")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break
		}
		if uuids = append(uuids, strings.TrimSpace(line)); len(uuids) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(uuids) < n {
		t.Fatalf("child made %d check-ins, %v; want to kill it after %d", len(uuids), err, n)
	}
	return uuids
}
