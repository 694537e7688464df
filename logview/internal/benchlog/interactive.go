package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/internal/loggen"
)

// interactive measures typing into a filter of a short log while both cores
// work on a long one.
func interactive(long, short string) error {
	if _, err := loggen.File(short, 2, 10_000*156); err != nil {
		return err
	}
	missed := false
	for _, c := range []struct{ name, filter string }{
		{"a class scan", "level>=error ctx:1"}, {"a text", "no such text"}, {"a slow expression", `/\b[0-9]{5,}"?,.*(x|y|z)[a-f]{3}\b/`},
	} {
		err := underLoad(long, short, c.name, c.filter)
		if missed = missed || errors.Is(err, errMissed); err != nil && !missed {
			return err
		}
	}
	if missed {
		return errMissed
	}
	return nil
}

func underLoad(long, short, name, filter string) error {
	f, err := logview.ParseFilter(filter)
	if err != nil {
		return err
	}
	busy, err := logview.Open(long, logview.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = busy.Close() }() // it only reads
	log, err := logview.Open(short, logview.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // it only reads
	if _, err := log.View(nil).Settle(context.Background()); err != nil {
		return err
	}
	var keys, cancels []time.Duration
	load := busy.View(f)
	for i := range 200 {
		if load.Snapshot().Complete {
			_ = load.Close() // always nil
			load = busy.View(f)
		}
		time.Sleep(5 * time.Millisecond)
		took, err := keystroke(log, i)
		if err != nil {
			return err
		}
		keys = append(keys, took)
		cancels = append(cancels, cancelled(load))
	}
	fmt.Printf("\nunder %s over a long log\n  key to new rows p50 %v, max %v\n", name, quantile(keys, 0.5), quantile(keys, 1))
	return judge(
		bound{"key to new rows, p99", millis(quantile(keys, 0.99)), 16, "ms"},
		bound{"cancel, p99", millis(quantile(cancels, 0.99)), 5, "ms"},
	)
}

// keystroke replaces the filter and reads the screen.
func keystroke(log *logview.Log, i int) (time.Duration, error) {
	text := []string{"a", "al", "already", "level>=warn", "/conf.*rev/", "agent:slot-a*", "-event:hook", "took>1s"}[i%8]
	start := time.Now()
	f, err := logview.ParseFilter(text)
	if err != nil {
		return 0, err
	}
	v := log.View(f)
	page, err := v.Tail(context.Background(), 50)
	took := time.Since(start)
	if err == nil && len(page.Rows) == 0 {
		err = fmt.Errorf("no rows for %q", text)
	}
	return took, firstError(err, v.Close())
}

// cancelled starts to look for something and gives up.
func cancelled(v *logview.View) time.Duration {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = v.Head(ctx, 1<<30) // its error is the context's
	}()
	time.Sleep(2 * time.Millisecond)
	start := time.Now()
	cancel()
	<-done
	return time.Since(start)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
