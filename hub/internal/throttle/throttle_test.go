package throttle_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/hub/internal/throttle"
)

// log runs fn with a throttle, closes it, and returns the lines with the seconds at which
// they were written.
func log(t *testing.T, fn func(th *throttle.Throttle)) (lines []string) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		begun := time.Now()
		th := throttle.Start(func(e hublog.Entry) {
			lines = append(lines, fmt.Sprintf("%.0f %s", time.Since(begun).Seconds(), e.Msg))
		})
		fn(th)
		th.Close()
	})
	return lines
}

func say(th *throttle.Throttle, cause, text string) {
	th.Log(cause, hublog.Entry{Level: hublog.LevelWarn, Event: hublog.EventLifecycle, Msg: text})
}

// repeat says the same n times, with pauses between.
func repeat(th *throttle.Throttle, n int, pause time.Duration, cause, text string) {
	for range n {
		say(th, cause, text)
		time.Sleep(pause)
	}
}

func TestRepetitionsAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(th *throttle.Throttle)
		want []string
	}{
		"the first line comes at once": {
			func(th *throttle.Throttle) { say(th, "a", "x") },
			[]string{"0 x"},
		},
		"a burst is one line and its number": {
			func(th *throttle.Throttle) {
				repeat(th, 3001, 0, "a", "x")
				time.Sleep(2 * time.Minute)
			},
			[]string{"0 x", "60 x (and 2,999 more in the last minute)"},
		},
		"what is pending is told at the end": {
			func(th *throttle.Throttle) {
				repeat(th, 3, 0, "a", "x")
				time.Sleep(7 * time.Second)
			},
			[]string{"0 x", "7 x (and 1 more in the last 7s)"},
		},
		"what goes on is one line a minute": {
			func(th *throttle.Throttle) { repeat(th, 150, 1100*time.Millisecond, "a", "x") },
			[]string{"0 x", "60 x (and 53 more in the last minute)", "120 x (and 54 more in the last minute)", "165 x (and 39 more in the last 45s)"},
		},
		"what comes again after a quiet minute is a line at once": {
			func(th *throttle.Throttle) { repeat(th, 2, 61*time.Second, "a", "x") },
			[]string{"0 x", "61 x"},
		},
		"a second one is told as it is": {
			func(th *throttle.Throttle) { repeat(th, 2, 0, "a", "x"); time.Sleep(time.Hour) },
			[]string{"0 x", "60 x"},
		},
		"causes do not hide one another": {
			func(th *throttle.Throttle) {
				repeat(th, 3, 0, "a", "x")
				say(th, "b", "y")
				time.Sleep(time.Hour)
			},
			[]string{"0 x", "0 y", "60 x (and 1 more in the last minute)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := log(t, c.do)
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("lines %q, want %q", got, c.want)
			}
		})
	}
}

// Who finds a new cause for each line still gets no more than a bounded number of lines.
func TestCausesAreBounded(t *testing.T) {
	got := log(t, func(th *throttle.Throttle) {
		for i := range 100_000 {
			say(th, fmt.Sprint("cause ", i), fmt.Sprint("x", i))
		}
		time.Sleep(90 * time.Second)
		say(th, "another", "known again")
	})
	if len(got) > 20 {
		t.Errorf("%d lines of 100,000 causes", len(got))
	}
	last := got[len(got)-2:]
	if !strings.Contains(last[0], "more of several kinds in the last minute") || !strings.HasSuffix(last[1], "known again") {
		t.Errorf("the last lines are %q", last)
	}
}

func TestALineIsBounded(t *testing.T) {
	got := log(t, func(th *throttle.Throttle) { say(th, "a", strings.Repeat("x", 1<<20)) })
	if len(got) != 1 || len(got[0]) > 600 {
		t.Errorf("%d lines, the first of %d bytes", len(got), len(got[0]))
	}
}
