package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// fossil runs the program in a directory.
func (b *bench) fossil(ctx context.Context, dir string, args ...string) error {
	if out, err := b.command(ctx, dir, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("fossil %s: %w\n%s", args, err, out)
	}
	return nil
}

func (b *bench) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "fossil", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+b.home, "FOSSIL_HOME="+b.home, "USER=bench", "FOSSIL_USER=bench")
	return cmd
}

// serve runs "fossil server" on a repository. stop ends it.
func (b *bench) serve(ctx context.Context, repo string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr := l.Addr().(*net.TCPAddr)
	if err := l.Close(); err != nil { // fossil cannot choose a free port
		return "", nil, err
	}
	cmd := b.command(ctx, b.dir, "server", "--port", strconv.Itoa(addr.Port), "--localhost", repo)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		c, err := net.DialTimeout("tcp", addr.String(), time.Second)
		if err == nil {
			return "http://" + addr.String() + "/", stop, c.Close()
		}
		if time.Now().After(deadline) {
			stop()
			return "", nil, fmt.Errorf("fossil server does not answer: %w", err)
		}
	}
}

// warm brings a server to the state it has after its first client: fossil
// makes clusters at the first pull, which every later clone then gets.
func (b *bench) warm(ctx context.Context, url string) error {
	file := filepath.Join(b.dir, "warm.fossil")
	if err := b.fossil(ctx, b.dir, "clone", url, file); err != nil {
		return err
	}
	if err := b.fossil(ctx, b.dir, "pull", url, "-R", file); err != nil {
		return err
	}
	return os.Remove(file)
}

// cloneTime measures "fossil clone".
func (b *bench) cloneTime(ctx context.Context, url string) (time.Duration, error) {
	file := filepath.Join(b.dir, "clone.fossil")
	start := time.Now()
	if err := b.fossil(ctx, b.dir, "clone", url, file); err != nil {
		return 0, err
	}
	return time.Since(start), os.Remove(file)
}

// best runs the functions in turn, n times each, and returns the best time of
// each.
func best(n int, fns ...func() (time.Duration, error)) ([]time.Duration, error) {
	times := make([]time.Duration, len(fns))
	for range n {
		for i, fn := range fns {
			t, err := fn()
			if err != nil {
				return nil, err
			}
			if times[i] == 0 || t < times[i] {
				times[i] = t
			}
		}
	}
	return times, nil
}
