package logview_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bones-tui/logview"
)

// exampleLog writes a log of five lines, of which one was rotated away and one is no entry.
func exampleLog() (path string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "example-log-")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, "hub.log")
	const old = `{"ts":"2026-03-02T09:00:00Z","level":"INFO","event":"lifecycle","msg":"hub: starting"}
`
	const now = `{"ts":"2026-03-02T09:00:01Z","level":"INFO","event":"rpc","rpc":"tasks.claim","agent":"slot-auth","task":"t-1","took_ms":3}
{"ts":"2026-03-02T09:00:02Z","level":"WARN","event":"rpc","rpc":"tasks.claim","agent":"slot-docs","task":"t-1","err":"already claimed"}
a line that some program printed
{"ts":"2026-03-02T09:00:04Z","level":"ERROR","event":"rpc","rpc":"tasks.close","agent":"slot-auth","task":"t-1","err":"no such task"}
`
	err = errors.Join(os.WriteFile(path+".1", []byte(old), 0o600), os.WriteFile(path, []byte(now), 0o600))
	return path, func() { os.RemoveAll(dir) }, err
}

// The file and its backups are one history. A view pages through what matches, from the end on.
func ExampleLog_View() {
	ctx := context.Background()
	path, remove, err := exampleLog()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	l, err := logview.Open(path, logview.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	filter, err := logview.ParseFilter("kind:entry -agent:slot-docs")
	if err != nil {
		fmt.Println(err)
		return
	}
	v := l.View(filter)
	defer v.Close()

	page, err := v.Tail(ctx, 2)
	for err == nil {
		for _, row := range page.Rows {
			fmt.Println(row.Time.Format(time.TimeOnly), row.Level, row.Entry.Event, row.Entry.RPC)
		}
		if page.AtStart {
			break
		}
		fmt.Println("and before that:")
		page, err = v.Before(ctx, page.Rows[0].Pos, 2)
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 09:00:01 INFO rpc tasks.claim
	// 09:00:04 ERROR rpc tasks.close
	// and before that:
	// 09:00:00 INFO lifecycle
}

// A program that shows a log waits for the next change of a view, instead of asking again and again.
func ExampleView_Next() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	path, remove, err := exampleLog()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	l, err := logview.Open(path, logview.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	v := l.View(nil) // everything
	defer v.Close()

	var s logview.Snapshot
	for !s.Complete || s.Total == 0 {
		s, err = v.Next(ctx, s.Version)
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(s.Matches, "of", s.Total, "rows")
	// Output: 5 of 5 rows
}

// What the command "logs" does.
func ExamplePrint() {
	path, remove, err := exampleLog()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()
	filter, err := logview.ParseFilter(`level>=warn task:t-1`)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := logview.Print(context.Background(), os.Stdout, path, logview.PrintOptions{Filter: filter, JSON: true}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"ts":"2026-03-02T09:00:02Z","level":"WARN","event":"rpc","rpc":"tasks.claim","agent":"slot-docs","task":"t-1","err":"already claimed"}
	// {"ts":"2026-03-02T09:00:04Z","level":"ERROR","event":"rpc","rpc":"tasks.close","agent":"slot-auth","task":"t-1","err":"no such task"}
}

// A mistake has a place, so that a screen can point at it.
func ExampleParseFilter() {
	_, err := logview.ParseFilter("task:t-1 level>=loud")
	var mistake *logview.SyntaxError
	if errors.As(err, &mistake) {
		fmt.Println(mistake)
	}
	// Output: column 17: unknown level "loud" (debug, info, warn or error)
}
