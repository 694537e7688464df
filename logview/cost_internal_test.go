package logview

import (
	"path/filepath"
	"testing"
	"time"
	"unsafe"

	"bones-tui/logview/internal/loggen"
)

// sample is a log that is generated once for all that ask.
func sample(tb testing.TB, mib int64) (path string, m loggen.Manifest) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "hub.log")
	m, err := loggen.File(path, 1, mib<<20)
	if err != nil {
		tb.Fatal(err)
	}
	return path, m
}

func still(tb testing.TB, path string) *Log {
	tb.Helper()
	l, err := Open(path, Options{Still: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l
}

func TestIndexTakesAByteAndALittleMoreForALine(t *testing.T) {
	path, m := sample(t, 16)
	l := still(t, path)
	v := l.View(nil)
	if _, err := v.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	bytes := uintptr(0)
	for _, s := range l.history() {
		bytes += uintptr(cap(s.units)) * unsafe.Sizeof(unit{})
		for k := range s.units {
			bytes += uintptr(cap(s.units[k].classes))
		}
		bytes += uintptr(cap(v.scan.parts[s].units)) * unsafe.Sizeof(count{})
	}
	if per := float64(bytes) / float64(m.Lines); per > 1.5 {
		t.Errorf("%.2f bytes a line", per)
	} else {
		t.Logf("%.2f bytes a line", per)
	}
}

func TestBudgetIsKept(t *testing.T) {
	path, m := sample(t, 4)
	l, err := Open(path, Options{Still: true, MaxIndex: 8000})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := l.View(nil).Settle(t.Context())
	if err != nil || s.Matches != m.Rows {
		t.Fatal(s, err)
	}
	held := 0
	for _, seg := range l.history() {
		for k := range seg.units {
			held += cap(seg.units[k].classes)
		}
	}
	if held > 8000 {
		t.Errorf("%d bytes of classes are kept", held)
	}
}

func TestWorkOnALineDoesNotAllocate(t *testing.T) {
	path, m := sample(t, 1)
	l := still(t, path)
	if _, err := l.View(nil).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := l.history()[0]
	lines := float64(m.Lines) / float64(unitCount(s.whole))
	e := &evaluator{}
	gauge := func(name string, f func()) {
		t.Helper()
		if n := testing.AllocsPerRun(20, f); n > lines/50 {
			t.Errorf("%s: %v allocations for %.0f lines", name, n, lines)
		}
	}
	gauge("index", func() {
		fresh := &segment{file: s.file, whole: s.whole, size: s.size, recent: &recent{now: time.Now}, budget: &budget{}}
		e.index(fresh, 3)
	})
	for _, filter := range []string{"level>=warn", "held", "HELD | level:error", "agent:slot-api", "took>5", "/cl(aim|ose).*took/", "-event:rpc since:2026-03-02", "rpc:tasks.*,x"} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		p := newPlan(f, time.Now(), nil)
		gauge(filter, func() { e.count(p, s, 3, 0) })
	}
}

func TestEveryWayToCountAgrees(t *testing.T) {
	path, _ := sample(t, 2)
	for _, filter := range []string{"level>=warn", "held", "agent:slot-api took>5", "/rev [0-9]+, want/", "kind:raw", "-kind:raw level:error", "since:2026-03-02T08:30:00Z until:2026-03-02T09:00:00Z", "(held | kind:raw)"} {
		f, err := ParseFilter(filter)
		if err != nil {
			t.Fatal(err)
		}
		var counts []int64
		for _, o := range []Options{{Still: true}, {Still: true, NoIndex: true}, {Still: true, MaxIndex: 1}} {
			l, err := Open(path, o)
			if err != nil {
				t.Fatal(err)
			}
			s, err := l.View(f).Settle(t.Context())
			page, err2 := l.View(f).Head(t.Context(), 1<<20)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			counts = append(counts, s.Matches, int64(len(page.Rows)))
			_ = l.Close()
		}
		for _, n := range counts {
			if n != counts[0] || n == 0 {
				t.Errorf("%q: %v", filter, counts)
			}
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	path, m := sample(b, 16)
	s := still(b, path).history()[0]
	e := &evaluator{}
	b.SetBytes(m.Bytes)
	b.ReportAllocs()
	for b.Loop() {
		fresh := &segment{file: s.file, whole: s.whole, size: s.size, recent: &recent{now: time.Now}, budget: &budget{}}
		for k := range unitCount(s.whole) {
			e.index(fresh, k)
		}
	}
}

func BenchmarkFilter(b *testing.B) {
	path, m := sample(b, 16)
	l := still(b, path)
	if _, err := l.View(nil).Settle(b.Context()); err != nil {
		b.Fatal(err)
	}
	s := l.history()[0]
	for _, filter := range []string{"level>=warn", "held by another", "ERROR", "agent:slot-api", "took>1s", "/cl(aim|ose).*took_ms.:[0-9]{4}/", "/[0-9]{5,}.*[x-z][a-f]{3}/"} {
		b.Run(filter, func(b *testing.B) {
			f, err := ParseFilter(filter)
			if err != nil {
				b.Fatal(err)
			}
			p := newPlan(f, time.Now(), l.byteCounts())
			e := &evaluator{}
			b.SetBytes(m.Bytes)
			b.ReportAllocs()
			for b.Loop() {
				for k := range unitCount(s.whole) {
					e.count(p, s, k, 0)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(m.Lines), "ns/line")
		})
	}
}

func BenchmarkTail(b *testing.B) {
	path, _ := sample(b, 16)
	l := still(b, path)
	v := l.View(nil)
	if _, err := v.Settle(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Tail(b.Context(), 60); err != nil {
			b.Fatal(err)
		}
	}
}
