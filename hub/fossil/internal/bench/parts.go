package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"bones-tui/hub/fossil"
)

// seed compares seeding 3,000 files (36 MB) with fossil's first commit of them.
func (b *bench) seed(ctx context.Context) error {
	work := filepath.Join(b.dir, "work")
	if err := writeTree(work, 3000, 12000); err != nil {
		return err
	}
	ours := func() (time.Duration, error) {
		path := b.ourRepo()
		if err := os.RemoveAll(path); err != nil {
			return 0, err
		}
		start := time.Now()
		r, err := seedRepo(ctx, path, work)
		took := time.Since(start)
		if err != nil {
			return 0, err
		}
		return took, r.Close()
	}
	theirs := func() (time.Duration, error) { return b.theirCommit(ctx, work) }
	times, err := best(3, ours, theirs)
	if err != nil {
		return err
	}
	note("seed 3,000 files: ours", times[0].Seconds(), "s")
	note("seed 3,000 files: fossil commit", times[1].Seconds(), "s")
	b.report("seed 3,000 files, ours / fossil commit", times[0].Seconds()/times[1].Seconds(), 0.25, "x")
	return nil
}

func (b *bench) ourRepo() string   { return filepath.Join(b.dir, "ours.fossil") }
func (b *bench) theirRepo() string { return filepath.Join(b.dir, "theirs.fossil") }

// theirCommit measures "fossil commit" alone; new, open and add come before.
func (b *bench) theirCommit(ctx context.Context, work string) (time.Duration, error) {
	if err := errors.Join(os.RemoveAll(b.theirRepo()), os.RemoveAll(filepath.Join(work, ".fslckout"))); err != nil {
		return 0, err
	}
	for _, args := range [][]string{
		{"new", "--sha1", b.theirRepo()},
		{"open", "--keep", b.theirRepo()},
		{"add", "."},
	} {
		if err := b.fossil(ctx, work, args...); err != nil {
			return 0, err
		}
	}
	start := time.Now()
	err := b.fossil(ctx, work, "commit", "--no-warnings", "-m", "seed")
	return time.Since(start), err
}

// clone compares "fossil clone" from us with that from "fossil server".
func (b *bench) clone(ctx context.Context) (err error) {
	r, err := fossil.Open(ctx, b.ourRepo(), fossil.ReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	ourURL, stopOurs, err := serveOurs(r, nil)
	if err != nil {
		return err
	}
	defer stopOurs()
	idle := &canned{}
	idleURL, stopIdle, err := serveOurs(r, idle.over)
	if err != nil {
		return err
	}
	defer stopIdle()
	theirURL, stopTheirs, err := b.serve(ctx, b.theirRepo())
	if err != nil {
		return err
	}
	defer stopTheirs()
	for _, url := range []string{ourURL, theirURL} {
		if err := b.warm(ctx, url); err != nil {
			return err
		}
	}
	if _, err := b.cloneTime(ctx, idleURL); err != nil {
		return err
	}
	idle.replay()
	before := r.Requests()
	const clones = 15 // mostly the client's own work, so the difference needs care
	var fns []func() (time.Duration, error)
	for _, url := range []string{ourURL, theirURL, idleURL} {
		fns = append(fns, func() (time.Duration, error) { return b.cloneTime(ctx, url) })
	}
	times, err := best(clones, fns...)
	if err != nil {
		return err
	}
	note("clone 3,000 files: ours", times[0].Seconds(), "s")
	note("clone 3,000 files: fossil server", times[1].Seconds(), "s")
	note("clone 3,000 files: a server that costs nothing", times[2].Seconds(), "s")
	note("clone 3,000 files: that / fossil server", times[2].Seconds()/times[1].Seconds(), "x")
	b.report("clone 3,000 files, ours / fossil server", times[0].Seconds()/times[1].Seconds(), 0.8, "x")
	b.report("clone 3,000 files, round trips", float64(r.Requests()-before)/clones, 5, "")
	return nil
}

// serveOurs answers HTTP for r, through what over makes of the handler unless
// it is nil. stop ends it.
func serveOurs(r *fossil.Repo, over func(http.Handler) http.Handler) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	r.SetReady(true)
	h := r.Handler(fossil.HandlerOptions{Hosts: []string{l.Addr().String()}})
	if over != nil {
		h = over(h)
	}
	srv := fossil.NewServer(h)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(l) // ends with ErrServerClosed
	}()
	return "http://" + l.Addr().String() + "/", func() {
		_ = srv.Close()
		<-done
	}, nil
}

// bigSeed measures time and memory of seeding 15,000 files (135 MB) in a
// process of its own.
func (b *bench) bigSeed(ctx context.Context) error {
	work := filepath.Join(b.dir, "big")
	if err := writeTree(work, 15000, 9000); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var seconds, peak float64
	_, err = best(3, func() (time.Duration, error) {
		path := filepath.Join(b.dir, "big.fossil")
		out, err := exec.CommandContext(ctx, self, "seed", path, work).CombinedOutput()
		if err != nil {
			return 0, fmt.Errorf("%w: %s", err, out)
		}
		var s, p float64
		if _, err := fmt.Sscan(string(out), &s, &p); err != nil {
			return 0, err
		}
		if seconds == 0 || s < seconds {
			seconds = s
		}
		peak = max(peak, p)
		return 0, os.Remove(path)
	})
	if err != nil {
		return err
	}
	b.report("seed 15,000 files (135 MB)", seconds, 3, "s")
	b.report("seed 15,000 files, peak memory", peak, 200, "MB")
	return nil
}

// seedAndReport seeds a repository and prints seconds and peak megabytes.
func seedAndReport(ctx context.Context, path, dir string) error {
	start := time.Now()
	r, err := seedRepo(ctx, path, dir)
	took := time.Since(start)
	if err != nil {
		return err
	}
	peak, err := peakMB()
	fmt.Println(took.Seconds(), peak)
	return errors.Join(err, r.Close())
}

// peakMB returns the most memory this program has had, in megabytes; 0 on a system
// without /proc. What getrusage tells is that of the program which started it, too.
func peakMB() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	_, line, _ := strings.Cut(string(status), "\nVmHWM:")
	var kB float64
	_, err = fmt.Sscan(line, &kB)
	return kB / (1 << 10), err
}
