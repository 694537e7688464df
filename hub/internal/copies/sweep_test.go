//go:build unix

package copies_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/copies"
)

// openEnv has the test program open the copy in a workspace, say so, and wait to be killed.
const openEnv = "BONES_TUI_TEST_OPEN_COPY"

func TestMain(m *testing.M) {
	if root := os.Getenv(openEnv); root != "" {
		openAndWait(root)
	}
	os.Exit(m.Run())
}

func openAndWait(root string) {
	list, err := copies.Repositories(bonesdir.At(root))
	if err == nil {
		_, _, err = copies.Open(context.Background(), list[0], filepath.Join(root, "tmp"))
	}
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.WriteString("open\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1) // as if it were killed: nothing is closed
}

// archive makes a workspace with one copy of a repository.
func archive(t *testing.T) (root string, c copies.Copy) {
	t.Helper()
	d, _ := workspace(t)
	r, err := fossil.Create(t.Context(), filepath.Join(d.State, "old.fossil"), fossil.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	mkdir(t, filepath.Join(d.Root, "tmp"))
	list, err := copies.Repositories(d)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	return d.Root, list[0]
}

func openAndClose(t *testing.T, root string, c copies.Copy) {
	t.Helper()
	_, done, err := copies.Open(t.Context(), c, filepath.Join(root, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// What a process that was killed has left in the temporary directory goes with the next one that
// opens a copy; what is in use stays, and so does what is not ours.
func TestWhatAKilledProcessHasLeftIsRemoved(t *testing.T) {
	root, c := archive(t)
	tmp := filepath.Join(root, "tmp")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), openEnv+"="+root)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "open\n" {
		t.Fatalf("%q, %v", line, err)
	}
	openAndClose(t, root, c)
	used := entries(t, tmp)
	if len(used) != 1 {
		t.Errorf("while it is in use: %v", used)
	}
	stdin.Close()
	_ = cmd.Wait()
	if left := entries(t, tmp); !slices.Equal(left, used) {
		t.Errorf("it has left %v", left)
	}
	fresh, old := ".bones-tui-recover-1", ".bones-tui-recover-2"
	for _, name := range []string{fresh, old, "other"} {
		mkdir(t, filepath.Join(tmp, name))
	}
	put(t, filepath.Join(root, "elsewhere", "f"), "f")
	link(t, "../elsewhere", filepath.Join(tmp, ".bones-tui-recover-3"))
	before := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(tmp, old), before, before); err != nil {
		t.Fatal(err)
	}
	openAndClose(t, root, c)
	if left, want := entries(t, tmp), []string{fresh, ".bones-tui-recover-3", "other"}; !slices.Equal(left, want) {
		t.Errorf("%v, want %v", left, want)
	}
	if left := entries(t, filepath.Join(root, "elsewhere")); len(left) != 1 {
		t.Errorf("removed through a link: %v", left)
	}
}
