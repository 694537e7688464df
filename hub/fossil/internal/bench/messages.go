package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bones-tui/hub/fossil"
)

// clock is a transport that measures how long the hub works on messages.
type clock struct {
	hub  *fossil.Repo
	took time.Duration
}

// RoundTrip implements fossil.Transport.
func (c *clock) RoundTrip(ctx context.Context, msg []byte) ([]byte, error) {
	start := time.Now()
	reply, err := c.hub.HandleSync(ctx, msg, fossil.Peer{})
	c.took += time.Since(start)
	return reply, err
}

// messages measures how long the hub of 3,000 files works on a push of one
// file, both messages together, and on a pull that finds nothing.
func (b *bench) messages(ctx context.Context) (err error) {
	hub, err := fossil.Open(ctx, b.ourRepo(), fossil.ReadWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.Close()) }()
	t := &clock{hub: hub}
	path := filepath.Join(b.dir, "client.fossil")
	c, err := fossil.Clone(ctx, path, t, fossil.CloneOptions{RelaxedSync: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close(), os.Remove(path)) }()
	var pushes, pulls []time.Duration
	for i := range 30 {
		_, err := c.Commit(ctx, fossil.Commit{Comment: fmt.Sprint("work ", i), Files: []fossil.File{{Name: "work.txt", Content: fmt.Append(nil, i)}}})
		if err != nil {
			return err
		}
		t.took = 0
		if _, err := c.Push(ctx, t, fossil.SyncOptions{}); err != nil {
			return err
		}
		pushes = append(pushes, t.took)
		t.took = 0
		if _, err := c.Pull(ctx, t, fossil.SyncOptions{}); err != nil {
			return err
		}
		pulls = append(pulls, t.took)
	}
	b.report("one-file push on the 3,000-file hub, median", millis(median(pushes)), 20, "ms")
	b.report("empty pull, median", millis(median(pulls)), 5, "ms")
	note("one-file push, best", millis(slices.Min(pushes)), "ms")
	note("empty pull, best", millis(slices.Min(pulls)), "ms")
	return nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// growth compares the time that a clone takes per artifact at 5,000 and at
// 20,000 artifacts.
func (b *bench) growth(ctx context.Context) error {
	perArtifact := map[int]float64{}
	for _, n := range []int{5000, 20000} {
		seconds, err := b.cloneOf(ctx, n)
		if err != nil {
			return err
		}
		note(fmt.Sprintf("clone of %d artifacts", n), seconds, "s")
		perArtifact[n] = seconds / float64(n)
	}
	b.report("clone time per artifact, 20,000 / 5,000", perArtifact[20000]/perArtifact[5000], 1.1, "x")
	return nil
}

// cloneOf measures "fossil clone" of a hub with n artifacts of 1 kB.
func (b *bench) cloneOf(ctx context.Context, n int) (seconds float64, err error) {
	path := filepath.Join(b.dir, fmt.Sprint("grow", n))
	r, err := fossil.Create(ctx, path, fossil.CreateOptions{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	work := filepath.Join(b.dir, fmt.Sprint("grow-tree", n))
	if err := writeTree(work, n, 1000); err != nil {
		return 0, err
	}
	files, err := listTree(work)
	if err != nil {
		return 0, err
	}
	if _, err := r.Commit(ctx, fossil.Commit{Comment: "grow", Files: files, Replace: true}); err != nil {
		return 0, err
	}
	url, stop, err := serveOurs(r, nil)
	if err != nil {
		return 0, err
	}
	defer stop()
	times, err := best(3, func() (time.Duration, error) { return b.cloneTime(ctx, url) })
	if err != nil {
		return 0, err
	}
	return times[0].Seconds(), nil
}
