package proc_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"bones-tui/hub/proc"

	"go.uber.org/goleak"
)

// helperEnv makes the test binary do one small thing as a process of its own.
const helperEnv = "PROC_TEST_HELPER"

func TestMain(m *testing.M) {
	what, arg, _ := strings.Cut(os.Getenv(helperEnv), " ")
	switch what {
	case "":
		goleak.VerifyTestMain(m)
	case "parent-alive":
		fmt.Println(proc.Alive(os.Getppid()))
	case "dial":
		c, err := net.Dial("tcp", arg)
		fmt.Println("dialled:", err)
		waitForStdin()
		c.Close()
	case "recycle":
		recycle()
	case "headless":
		headless()
	}
}

func waitForStdin() { _, _ = os.Stdin.Read(make([]byte, 1)) }

// helper returns a command that runs the helper from a copy of the test binary,
// which other users can reach too.
func helper(t *testing.T, task string) *exec.Cmd {
	t.Helper()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.CreateTemp("", "proc-helper-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(f.Name()) })
	if _, err := f.Write(self); err != nil {
		t.Fatal(err)
	}
	if err := f.Chmod(0o755); err != nil {
		t.Fatal(err)
	}
	f.Close()
	cmd := exec.Command(f.Name())
	cmd.Env = append(os.Environ(), helperEnv+"="+task)
	cmd.Dir = "/"
	return cmd
}

// spawn starts a program that ends by itself in a minute, and is not waited for
// before the end of the test.
func spawn(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// deaf starts a program that does not care about SIGTERM.
func deaf(t *testing.T) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sh", "-c", `trap "" TERM; echo ready; exec sleep 60`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
		t.Fatal(err)
	}
	return cmd
}
