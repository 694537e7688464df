package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

// load is what a writer does to the log that is followed.
type load struct {
	For       time.Duration
	Rate      int // lines a second
	Rotations int
}

// followed measures a follower beside a writer in another process, which opens,
// appends and closes for each line, as the hub does.
func followed(dir string, l load) error {
	path := filepath.Join(dir, "follow", "hub.log")
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lines := int(l.For.Seconds()) * l.Rate
	writer := exec.Command(os.Args[0], "-write", path, "-for", l.For.String(), "-rate", strconv.Itoa(l.Rate), "-rotations", strconv.Itoa(l.Rotations))
	writer.Stderr = os.Stderr
	log, err := logview.Open(path, logview.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // it only reads
	cpu, start := processTime(), time.Now()
	if err := writer.Start(); err != nil {
		return err
	}
	t := &tracker{view: log.View(nil), want: lines, seen: make([]bool, lines)}
	ctx, cancel := context.WithTimeout(context.Background(), l.For+30*time.Second)
	defer cancel()
	err = t.run(ctx)
	busy := processTime() - cpu
	if waited := writer.Wait(); waited != nil {
		return waited
	}
	fmt.Printf("\nfollow %d lines at %d/s, %d rotations\n", lines, l.Rate, l.Rotations)
	fmt.Printf("  append to row p50 %v, p90 %v, max %v\n", t.quantile(0.5), t.quantile(0.9), t.quantile(1))
	return firstError(err, judge(
		bound{"lost", float64(lines - t.count), 0, "lines"},
		bound{"doubled", float64(t.doubled), 0, "lines"},
		bound{"append to row, p99", millis(t.quantile(0.99)), 10, "ms"},
		bound{"processor", 100 * busy.Seconds() / time.Since(start).Seconds(), 10, "% of one core"},
	))
}

// tracker reads the rows of a view as they come.
type tracker struct {
	view    *logview.View
	want    int
	seen    []bool
	count   int
	doubled int
	delays  []time.Duration
	last    logview.Pos
}

func (t *tracker) run(ctx context.Context) error {
	for version := uint64(0); t.count < t.want; {
		s, err := t.view.Await(ctx, version)
		if err != nil {
			return err
		}
		version = s.Version
		page, err := t.view.After(ctx, t.last, 100_000)
		if err != nil {
			return err
		}
		now := time.Now()
		for i := range page.Rows {
			r := &page.Rows[i]
			if r.Kind != logview.KindEntry {
				continue
			}
			t.last = r.Pos
			t.take(r.Entry.Msg, now)
		}
	}
	return nil
}

func (t *tracker) take(msg string, now time.Time) {
	fields := strings.Fields(msg)
	seq, err := strconv.Atoi(fields[0])
	nanos, err2 := strconv.ParseInt(fields[1], 10, 64)
	if err != nil || err2 != nil {
		return
	}
	if t.seen[seq] {
		t.doubled++
		return
	}
	t.seen[seq] = true
	t.count++
	t.delays = append(t.delays, now.Sub(time.Unix(0, nanos)))
}

func (t *tracker) quantile(q float64) time.Duration { return quantile(t.delays, q) }

func quantile(list []time.Duration, q float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return list[min(int(q*float64(len(list))), len(list)-1)].Round(10 * time.Microsecond)
}

// write is the writer's process.
func write(path string, l load) error {
	lines := int(l.For.Seconds()) * l.Rate
	every := lines
	if l.Rotations > 0 {
		every = lines/(l.Rotations+1) + 1
	}
	start := time.Now()
	for i := range lines {
		if due := start.Add(time.Duration(i) * time.Second / time.Duration(l.Rate)); time.Until(due) > time.Millisecond {
			time.Sleep(time.Until(due))
		}
		if i > 0 && i%every == 0 {
			shift(path)
		}
		now := time.Now()
		e := hublog.Entry{
			Ts: hublog.LoggedTime{Time: now}, Level: hublog.LevelInfo, Event: hublog.EventLifecycle,
			Msg: fmt.Sprintf("%d %d a message of the usual length", i, now.UnixNano()),
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if _, err := f.Write(e.Append(nil)); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// shift renames the backups, keeping five.
func shift(path string) {
	for i := 5; i >= 1; i-- {
		from := path
		if i > 1 {
			from = fmt.Sprintf("%s.%d", path, i-1)
		}
		_ = os.Rename(from, fmt.Sprintf("%s.%d", path, i)) // it may not be there yet
	}
}

// idle measures what following a quiet log costs.
func idle(path string, d time.Duration) error {
	log, err := logview.Open(path, logview.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // it only reads
	v := log.View(nil)
	if _, err := v.Settle(context.Background()); err != nil {
		return err
	}
	debug.FreeOSMemory() // or it is given back bit by bit meanwhile
	cpu := processTime()
	time.Sleep(d)
	fmt.Printf("\nidle over %v\n", d)
	return judge(bound{"processor", 100 * (processTime() - cpu).Seconds() / d.Seconds(), 0.1, "% of one core"})
}
