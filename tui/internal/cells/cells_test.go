package cells

import (
	"testing"
	"time"
)

func TestFormat(t *testing.T) {
	for got, want := range map[string]string{
		Count(0): "0", Count(-1234): "-1,234", Count(999): "999", Count(9881): "9,881", Count(1234567): "1,234,567",
		Size(0): "0B", Size(999): "999B", Size(1000): "1.0K", Size(1258291): "1.2M", Size(32 << 20): "32M", Size(1 << 42): "4.0T",
		Short(-time.Second): "0s", Short(299 * time.Second): "299s", Short(300 * time.Second): "5m", Short(49 * time.Hour): "2d",
		Uptime(8047 * time.Second): "02:14:07", Uptime(25*time.Hour + time.Second): "1d 01:00:01", Uptime(-1): "00:00:00",
		Brief(200 * time.Microsecond): "0.2ms", Latency(200 * time.Microsecond): "<10ms", Latency(34 * time.Millisecond): "30ms",
		Percent(0): "<5%", Percent(12.4): "10%", Percent(101): "100%", Brief(12 * time.Millisecond): "12ms", Brief(3100 * time.Millisecond): "3.1s",
		PerSecond(0): "0", PerSecond(0.4): "0.4", PerSecond(1204): "1,204", Plural(1, "leaf", "leaves"): "1 leaf",
		ShortID("abc"): "abc",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRate(t *testing.T) {
	at := time.Unix(1000, 0)
	var r Rate
	r.Add(100, at)
	if r.Known {
		t.Error("one sample makes no rate")
	}
	r.Add(150, at.Add(2*time.Second))
	if !r.Known || r.Now != 25 {
		t.Errorf("rate %v (known %t), want 25", r.Now, r.Known)
	}
	r.Add(3, at.Add(3*time.Second))
	if r.Known {
		t.Error("a counter that fell belongs to another server")
	}
	n := 0.0
	for i := range 6 * SparkPoints * 5 {
		n += float64(i % 10 / 5) // nothing for five seconds, then one a second
		r.Add(n+100, at.Add(time.Duration(4+i)*time.Second))
	}
	if len(r.Points) != SparkPoints {
		t.Errorf("%d points are kept, want %d", len(r.Points), SparkPoints)
	}
	if a, b := r.Points[20], r.Points[21]; a+b != 1 {
		t.Errorf("two points of five seconds are %v and %v, want nothing and one a second", a, b)
	}
	if got := r.Recent(); got != 1 {
		t.Errorf("%v over the last five seconds, want one a second", got)
	}
	r.Add(r.last.Count, r.last.At.Add(4*time.Second))
	if got := r.Recent(); got != 5./9 {
		t.Errorf("%v over the last nine seconds, want five of nine", got)
	}
	bars := unicodeGlyphs().Spark
	if got := Spark([]float64{0, 1, 8, 9}, 6, bars); got != "  ▁▃▇█" {
		t.Errorf("sparkline %q", got)
	}
}
