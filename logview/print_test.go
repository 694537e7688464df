package logview_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"bones-tui/logview"
	"bones-tui/logview/internal/logtest"
)

func printed(tb testing.TB, path string, o logview.PrintOptions) string {
	tb.Helper()
	var b bytes.Buffer
	if err := logview.Print(tb.Context(), &b, path, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestPrint(t *testing.T) {
	d := newDir(t)
	e := logtest.Claim()
	d.write(".1", line("INFO", "hub: starting (pid=1)")+line("DEBUG", "old \x1b[2J news"))
	d.write("", string(e.Append(nil))+trace+line("WARN", "tabs\tand \u202e"))
	claimed := `2026-03-02T14:02:15Z ERROR rpc       tasks.claim   agent=slot-web task=t-11b0 took=212ms err="cas conflict: rev 41 < \"42\""` + "\n"
	starting := "2026-03-02T08:00:00Z INFO  lifecycle hub: starting (pid=1)\n"
	news := "2026-03-02T08:00:00Z DEBUG lifecycle old ^[[2J news\n"
	tabs := "2026-03-02T08:00:00Z WARN  lifecycle tabs    and <U+202E>\n"
	crash := `2026-03-02T14:02:15Z ERROR raw       panic: assert: boom
                                   | 
                                   | goroutine 7 [running]:
                                   | main.work(0xc000012345)
                                   |         /src/demo/work.go:41 +0x1d
                                   | exit status 2
`
	tests := map[string]struct {
		o    logview.PrintOptions
		want string
	}{
		"everything":  {logview.PrintOptions{}, starting + news + claimed + crash + tabs},
		"last":        {logview.PrintOptions{Last: 2}, crash + tabs},
		"filter":      {logview.PrintOptions{Filter: parse(t, "level>=warn -kind:raw")}, claimed + tabs},
		"last match":  {logview.PrintOptions{Filter: parse(t, "level:info,debug"), Last: 1}, news},
		"last none":   {logview.PrintOptions{Last: -1}, ""},
		"last around": {logview.PrintOptions{Filter: parse(t, "tasks.claim ctx:1"), Last: 2}, claimed + crash},
		"trace":       {logview.PrintOptions{Filter: parse(t, "main.work")}, crash},
		"since":       {logview.PrintOptions{Since: "2026-03-02T14:00:00Z"}, claimed + crash},
		"age":         {logview.PrintOptions{Since: "1h", Now: func() time.Time { return logtest.At("2026-03-02T15:00:00Z") }}, claimed + crash},
		"count":       {logview.PrintOptions{Count: true}, "5\n"},
		"count some":  {logview.PrintOptions{Count: true, Filter: parse(t, "level>=error")}, "2\n"},
		"run":         {logview.PrintOptions{Filter: parse(t, "run:last level:info")}, starting},
		"zone": {
			logview.PrintOptions{Filter: parse(t, "starting"), Location: time.FixedZone("CET", 3600)},
			"2026-03-02 09:00:00 CET INFO  lifecycle hub: starting (pid=1)\n",
		},
		"colour": {
			logview.PrintOptions{Filter: parse(t, "event:rpc"), Color: true},
			"\x1b[31m" + strings.TrimSuffix(claimed, "\n") + "\x1b[0m\n",
		},
		"json": {
			logview.PrintOptions{Filter: parse(t, "level>=error"), JSON: true},
			string(e.Append(nil)) +
				`{"ts":"2026-03-02T14:02:15Z","level":"ERROR","event":"raw","msg":"panic: assert: boom\n\ngoroutine 7 [running]:\nmain.work(0xc000012345)\n\t/src/demo/work.go:41 +0x1d\nexit status 2"}` + "\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := printed(t, d.path, tt.o); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestPrintReportsWhatItCannotDo(t *testing.T) {
	d := newDir(t)
	if err := logview.Print(t.Context(), io.Discard, d.path, logview.PrintOptions{}); !errors.Is(err, logview.ErrNoLog) {
		t.Errorf("no file: %v", err)
	}
	d.write("", line("INFO", "a"))
	syntax := (*logview.SyntaxError)(nil)
	if err := logview.Print(t.Context(), io.Discard, d.path, logview.PrintOptions{Since: "soon"}); !errors.As(err, &syntax) {
		t.Errorf("since soon: %v", err)
	}
	full := errors.New("disk full")
	if err := logview.Print(t.Context(), failingWriter{full}, d.path, logview.PrintOptions{}); !errors.Is(err, full) {
		t.Errorf("failing writer: %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestPrintKeepsALastLineWithoutEnd(t *testing.T) {
	d := newDir(t)
	d.write("", line("INFO", "a")+strings.TrimSuffix(line("WARN", "b"), "\n"))
	got := printed(t, d.path, logview.PrintOptions{})
	if want := "2026-03-02T08:00:00Z WARN  lifecycle b\n"; !strings.HasSuffix(got, want) {
		t.Errorf("%q does not end in %q", got, want)
	}
}

func TestPrintFollowsAcrossRotation(t *testing.T) {
	for name, jsonLines := range map[string]bool{"text": false, "json": true} {
		t.Run(name, func(t *testing.T) {
			d := newDir(t)
			d.write("", line("INFO", "n 0"))
			r, w := io.Pipe()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				done <- logview.Print(ctx, w, d.path, logview.PrintOptions{Follow: true, JSON: jsonLines, Filter: parse(t, "-level:debug")})
				w.Close()
			}()
			lines := bufio.NewScanner(r)
			next := func(want string) {
				t.Helper()
				if !lines.Scan() || !strings.Contains(lines.Text(), want) {
					t.Fatalf("got %q, want %q", lines.Text(), want)
				}
			}
			next("n 0")
			for i := 1; i <= 60; i++ {
				d.add(line("DEBUG", "not this") + line("INFO", fmt.Sprintf("n %d end", i)))
				if i%10 == 0 {
					d.rotate(3)
				}
				if i%3 == 0 {
					for j := i - 2; j <= i; j++ {
						next(fmt.Sprintf("n %d end", j))
					}
				}
			}
			d.add("panic: x\n")
			d.add("\ngoroutine 1 [running]:\n")
			next("panic: x")
			if !jsonLines {
				next("| ")
				next("| goroutine 1 [running]:")
			}
			d.add("torn ")
			d.add("line\n")
			if !lines.Scan() {
				t.Fatal("the output ends")
			}
			// On a busy machine the second half of the panic may come too late
			// to be part of the same object.
			if jsonLines && strings.Contains(lines.Text(), "goroutine 1") && !lines.Scan() || !strings.Contains(lines.Text(), "torn line") {
				t.Fatalf("got %q", lines.Text())
			}
			cancel()
			if err := <-done; err != nil {
				t.Errorf("following ended with %v", err)
			}
		})
	}
}

// TestPrintOfNeighboursFollowsALogThatNeverRests has a line written for each that is
// printed, and older lines become neighbours of later ones.
func TestPrintOfNeighboursFollowsALogThatNeverRests(t *testing.T) {
	d := newDir(t)
	d.write("", strings.Repeat(line("INFO", strings.Repeat("old ", 100)), 600))
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	// The clock stands, so that everything is young.
	o := logview.PrintOptions{Follow: true, Filter: parse(t, "hit ctx:1"), Now: func() time.Time { return now }}
	go func() {
		done <- logview.Print(ctx, w, d.path, o)
		w.Close()
	}()
	lines := bufio.NewScanner(r)
	for i := range 200 {
		n := fmt.Sprintf(" %d %s", i, strings.Repeat("x", 2000))
		d.add(line("INFO", "far"+n) + line("INFO", "before"+n))
		d.add(line("INFO", "hit"+n) + line("INFO", "after"+n))
		for _, want := range []string{"before", "hit", "after"} {
			if !lines.Scan() || !strings.Contains(lines.Text(), want+n) {
				t.Fatalf("got %.80q, want %s %d", lines.Text(), want, i)
			}
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("following ended with %v", err)
	}
}
