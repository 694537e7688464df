// Package peertest gives tests the fossil program.
package peertest

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Fossil returns the path of the fossil program. Without one the test is skipped, and fails in
// CI.
func Fossil(tb testing.TB) string {
	tb.Helper()
	path, err := exec.LookPath("fossil")
	if err != nil && os.Getenv("CI") == "true" {
		tb.Fatal("CI needs the fossil program")
	}
	if err != nil {
		tb.Skip("SKIPPED: the fossil program is not installed")
	}
	return path
}

// HoldWriteLock has the fossil program hold the write lock of the repository at path until
// release, or the end of the test.
func HoldWriteLock(t *testing.T, path string) (release func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := exec.CommandContext(ctx, Fossil(t), "sql", "-R", path)
	cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir())
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		_ = in.Close() // ends the program, which rolls back
		_ = cmd.Wait()
		cancel()
	})
	t.Cleanup(release)
	if _, err := io.WriteString(in, "BEGIN IMMEDIATE;\nSELECT 'he'||'ld';\n"); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), "held") {
			return release
		}
	}
	t.Fatal("the lock was not taken")
	return nil
}
