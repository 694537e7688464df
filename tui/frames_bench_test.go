package tui_test

import (
	"fmt"
	"testing"
	"time"

	"bones-tui/slots"
	"bones-tui/tui"
)

// busyLog shows a team and 200 lines of the log.
func busyLog(b *testing.B) *tui.Screen {
	b.Helper()
	w := newWorld(b)
	for range 40 {
		w.log(morning()...)
	}
	w.slots <- team()
	s := w.start(160, 50)
	s.AwaitText("1 stale")
	s.AwaitText("200 lines")
	return s
}

func BenchmarkFrame(b *testing.B) {
	s := busyLog(b)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Frame()
	}
}

// BenchmarkLogBatch is one batch of 100 new lines and the frame that follows.
func BenchmarkLogBatch(b *testing.B) {
	s := busyLog(b)
	batch := s.Batch(100)
	b.ReportAllocs()
	for b.Loop() {
		s.Send(batch)
		_ = s.Frame()
	}
}

// BenchmarkSecond is what an idle screen does once a second, with 1,000 slots.
func BenchmarkSecond(b *testing.B) {
	w := newWorld(b)
	w.log(morning()...)
	all := make([]slots.Slot, 1000)
	for i := range all {
		all[i] = slot(fmt.Sprintf("slot%04d", i), "t-1", "some task", time.Duration(i%400)*time.Second)
	}
	w.slots <- all
	s := w.start(160, 50)
	s.AwaitText("of 1000")
	s.AwaitText("pid 48211")
	now := noon
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Second)
		s.Clock(now)
		_ = s.Frame()
	}
}
