//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"bones-tui/hub/proc"
)

// strangerEnv has the test binary be a process that is no hub: "lock PATH" holds the
// file's lock, "listen ADDRESS…" answers there, "idle" has nothing. It ends with its
// standard input.
const strangerEnv = "BONES_TUI_TEST_STRANGER"

func init() {
	what, ok := os.LookupEnv(strangerEnv)
	if !ok {
		return
	}
	if err := beStranger(strings.Fields(what)); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func beStranger(what []string) error {
	switch what[0] {
	case "lock":
		f, err := os.OpenFile(what[1], os.O_RDWR, 0)
		if err != nil {
			return err
		}
		strangersFile = f
		return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	case "listen":
		for _, address := range what[1:] {
			l, err := net.Listen("tcp", address)
			if err != nil {
				return err
			}
			go greet(l)
		}
	}
	return nil
}

// strangersFile keeps the file from being closed by the garbage collector.
var strangersFile *os.File

// greet answers as a NATS server does that says nothing more.
func greet(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, `INFO {"server_id":"x","version":"2.10.0","max_payload":1048576}`+"\r\n")
	}
}

// stranger starts one, and checks in the end that nobody has signalled it.
func stranger(t *testing.T, what ...string) (pid int) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.Command(exe)
	cmd.Args = []string{"stranger"}
	cmd.Env = append(os.Environ(), strangerEnv+"="+strings.Join(what, " "))
	return bystander(t, cmd, "ready\n")
}

// strangerOf is one of another user, who can do nothing with the test's own files.
func strangerOf(t *testing.T, uid uint32) (pid int) {
	t.Helper()
	cmd := exec.Command("sh", "-c", "echo ready; exec cat >/dev/null")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return bystander(t, cmd, "ready\n")
}

// bystander starts a process, waits for its first line, and checks in the end that it
// still lives.
func bystander(t *testing.T, cmd *exec.Cmd, says string) (pid int) {
	t.Helper()
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		if !proc.Alive(cmd.Process.Pid) {
			t.Errorf("the bystander %v was signalled", cmd.Args)
		}
		_ = in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != says {
		t.Fatalf("%v: %q, %v", cmd.Args, line, err)
	}
	return cmd.Process.Pid
}
