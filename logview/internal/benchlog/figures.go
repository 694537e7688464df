package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/logview/internal/loggen"
)

// errMissed says that a goal is missed, as printed.
var errMissed = errors.New("a goal is missed, see above")

// bound is a number that must not be higher than its limit.
type bound struct {
	name  string
	value float64
	limit float64
	unit  string
}

func (b bound) print() bool {
	note := ""
	if b.value > b.limit {
		note = "  MISSED"
	}
	fmt.Printf("  %-44s %8.3f %s, at most %g%s\n", b.name, b.value, b.unit, b.limit, note)
	return b.value <= b.limit
}

// judge prints what has been measured and reports whether all of it is within
// its limits.
func judge(list ...bound) error {
	met := true
	for _, b := range list {
		met = b.print() && met
	}
	if !met {
		return errMissed
	}
	return nil
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// figures measures what is not compared with another tool.
func figures(path string, m loggen.Manifest) error {
	var opened, screens []time.Duration
	for range 25 {
		_, took, err := openTail(path, "")
		if err != nil {
			return err
		}
		opened = append(opened, took)
	}
	before := heap()
	log, err := logview.Open(path, logview.Options{Still: true})
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // it only reads
	all := log.View(nil)
	if _, err := all.Settle(context.Background()); err != nil {
		return err
	}
	perLine := (heap() - before) / float64(m.Lines)
	for range 25 {
		took, err := screen(log, "level>=warn")
		if err != nil {
			return err
		}
		screens = append(screens, took)
	}
	rate, allocs, err := decoding(path)
	if err != nil {
		return err
	}
	fmt.Println("by themselves")
	list := []bound{
		{"open to the last screen", millis(median(opened)), 20, "ms"},
		{"first screen of level>=warn, indexed", millis(median(screens)), 16, "ms"},
		{fmt.Sprintf("decode all fields, %.0f MB/s", rate), 1000 / rate, 1.667, "ms a MB"},
		{"allocations while decoding", allocs, 0.001, "a line"},
	}
	if m.Lines > 5_000_000 { // of a short log the buffers are the most
		list = append(list, bound{"memory of the index", perLine, 1.5, "bytes a line"})
	}
	return judge(list...)
}

// heap is the memory in use.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what finalisers and pools have kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// screen is what a new filter on an indexed log costs until it shows rows.
func screen(log *logview.Log, filter string) (time.Duration, error) {
	start := time.Now()
	f, err := logview.ParseFilter(filter)
	if err != nil {
		return 0, err
	}
	v := log.View(f)
	page, err := v.Tail(context.Background(), 60)
	took := time.Since(start)
	if err == nil && len(page.Rows) != 60 {
		err = fmt.Errorf("%d rows", len(page.Rows))
	}
	return took, firstError(err, v.Close())
}

// decoding reads all fields of the entries at the beginning of a log, on one
// goroutine. The rate is in megabytes per second of processor time, the median
// of several. Lines with an escape are left out: their texts have to be copied.
func decoding(path string) (rate, allocs float64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = f.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(f, 8<<20))
	if err != nil {
		return 0, 0, err
	}
	lines := strings.SplitAfter(string(text), "\n")
	entries, size := lines[:0], 0
	for _, l := range lines {
		if _, err := hublog.DecodeString(l); err == nil && !strings.Contains(l, `\`) {
			entries, size = append(entries, l), size+len(l)
		}
	}
	var times []time.Duration
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const rounds = 151 // two seconds: a shorter time is that of one moment of a shared machine
	for range rounds {
		start := processTime()
		for _, l := range entries {
			if _, err := hublog.DecodeString(l); err != nil {
				return 0, 0, err
			}
		}
		times = append(times, processTime()-start)
	}
	runtime.ReadMemStats(&after)
	return float64(size) / 1e6 / median(times).Seconds(), float64(after.Mallocs-before.Mallocs) / float64(rounds*len(entries)), nil
}
