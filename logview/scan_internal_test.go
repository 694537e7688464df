package logview

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// idle opens a log that has neither workers nor a follower: what happens, and
// in which order, is the test's.
func idle(t *testing.T, content string) *Log {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hub.log")
	l := &Log{path: path, o: Options{Now: time.Now}, recent: &recent{now: time.Now}, budget: &budget{}, stop: func() {}}
	l.budget.left.Store(defaultIndex)
	l.work.L = &l.mu
	l.write(t, content)
	l.refresh()
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// write appends to the file and takes it in.
func (l *Log) write(t *testing.T, text string) {
	t.Helper()
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if err2 := f.Close(); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	l.grow()
}

// drain does what a worker would, until there is nothing left.
func (l *Log) drain(t *testing.T, v *View) Snapshot {
	t.Helper()
	e := &evaluator{}
	const most = 1000
	for range most {
		run, ok := v.take(l.history())
		if !ok {
			run, ok = l.takeIndex()
		}
		if !ok {
			return v.Snapshot()
		}
		run(e)
	}
	t.Fatal("the work does not end")
	return Snapshot{}
}

// entries makes entries of 1 KiB each, about n bytes of them.
func entries(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		text := fmt.Sprintf(`{"ts":"2026-03-02T08:00:00Z","level":"INFO","event":"lifecycle","msg":"%d `, i)
		b.WriteString(text + strings.Repeat("f", 1<<10-len(text)-3) + "\"}\n")
	}
	return b.String()
}

func mustParse(t *testing.T, filter string) *Filter {
	t.Helper()
	f, err := ParseFilter(filter)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// complete checks that the counting has come to an end and to a number.
func complete(t *testing.T, s Snapshot, matches int64) {
	t.Helper()
	if !s.Complete || s.Matches != matches {
		t.Errorf("complete %v with %d matches, want %d", s.Complete, s.Matches, matches)
	}
}

func TestAUnitIsCountedToItsEndAlthoughALaterOneIsDone(t *testing.T) {
	const half, rest = unitSize / 2, unitSize
	tests := []struct {
		name string
		grow func(l *Log, v *View, more func())
	}{
		{"a reader counts the later one", func(l *Log, v *View, more func()) {
			l.drain(t, v)
			more()
			if p, err := v.Tail(t.Context(), 1); err != nil || len(p.Rows) != 1 {
				t.Error(p, err)
			}
		}},
		{"the older one is at work", func(l *Log, v *View, more func()) {
			older, _ := v.scan.take(l.history())
			e := &evaluator{}
			p := v.prepared(e)
			found, open := e.count(p, older.seg, older.unit, older.from)
			more()
			other := &evaluator{}
			later, _ := v.scan.take(l.history())
			v.count(later, other)
			v.scan.finish(older, found, open, e, p)
		}},
		{"a reader gives the older one up", func(l *Log, v *View, more func()) {
			l.drain(t, v)
			more()
			older, _ := v.scan.take(l.history())
			later, _ := v.scan.take(l.history())
			v.count(later, &evaluator{})
			v.scan.abandon(older)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := idle(t, entries(half))
			v := l.View(mustParse(t, "f"))
			tt.grow(l, v, func() { l.write(t, entries(rest)) })
			complete(t, l.drain(t, v), (half+rest)>>10)
		})
	}
}

// counter is a context that does something at one of the times it is asked for
// its error, which is between two rows.
type counter struct {
	context.Context
	left *int
	do   func()
}

func (c counter) Err() error {
	if *c.left--; *c.left == 0 {
		c.do()
	}
	return c.Context.Err()
}

func TestALogThatGrowsWhileAReaderCountsHidesNoRow(t *testing.T) {
	const half = unitSize / 2
	for at := range 4 {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			l := idle(t, entries(half))
			v := l.View(mustParse(t, "-nothing"))
			left := at + 1
			ctx := counter{t.Context(), &left, func() { l.write(t, entries(half/2)) }}
			p, err := v.Head(ctx, 1<<20)
			if err != nil || len(p.Rows) < half>>10 {
				t.Errorf("%d rows of %d, %v", len(p.Rows), half>>10, err)
			}
			_, size := l.history()[0].sizes()
			complete(t, l.drain(t, v), size>>10)
		})
	}
}

func TestAPageThatIsGivenUpInTheLastUnitSaysSo(t *testing.T) {
	l := idle(t, entries(unitSize/2))
	v := l.View(mustParse(t, "-nothing"))
	ctx, cancel := context.WithCancel(t.Context())
	left := 2
	p, err := v.Head(counter{ctx, &left, cancel}, 1<<20)
	if err == nil || p.AtEnd {
		t.Errorf("%d rows, at the end: %v, %v", len(p.Rows), p.AtEnd, err)
	}
	complete(t, l.drain(t, v), unitSize/2>>10)
}

func TestAUnitThatIsAtWorkIsCountedAgainForTheLinesThatContinueIt(t *testing.T) {
	l := idle(t, entries(unitSize-1<<10)+"panic: x"+strings.Repeat("x", 1<<10-len("panic: x")-1)+"\n")
	v := l.View(mustParse(t, "exit"))
	older, _ := v.scan.take(l.history())
	e := &evaluator{}
	p := v.prepared(e)
	found, open := e.count(p, older.seg, older.unit, older.from)
	l.write(t, "exit status 2\n")
	later, _ := v.scan.take(l.history())
	v.count(later, &evaluator{})
	v.scan.finish(older, found, open, e, p)
	complete(t, l.drain(t, v), 1)
}
