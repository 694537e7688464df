//go:build unix

// Package disktest gives tests a disk that is full when they say so.
package disktest

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
)

const aloneEnv = "BONES_TUI_TEST_ALONE"

// Run runs a test in a process of its own, for a limit on files holds for everything in a
// process, the go command's own files of a test included. Limit makes writes beyond n bytes
// of any file fail as on a full disk, until lift is called.
func Run(t *testing.T, test func(t *testing.T, limit func(n uint64) (lift func()))) {
	t.Helper()
	if os.Getenv(aloneEnv) == t.Name() {
		test(t, func(n uint64) func() { return limit(t, n) })
		return
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), aloneEnv+"="+t.Name())
	out, err := child.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func limit(t *testing.T, n uint64) (lift func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	tight := old
	tight.Cur = n
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &tight); err != nil {
		t.Fatal(err)
	}
	lift = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { lift(); signal.Reset(syscall.SIGXFSZ) })
	return lift
}
