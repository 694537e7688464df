package tui_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bones-tui/hub"
	"bones-tui/slots"
	"bones-tui/tui"
)

// TestWalk does what nobody would: random keys, sizes, data and failures, in any
// order. Whatever happens, the frame has the height of the screen, no row is wider
// than it, and no dialog is answered that is not open.
func TestWalk(t *testing.T) {
	keys := tui.KeyNames()
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		w.log(morning()...)
		w.inspect(inspectable())
		s := w.start(80, 24)
		width, height := 80, 24
		for range rapid.IntRange(1, 200).Draw(r, "steps") {
			switch rapid.IntRange(0, 9).Draw(r, "step") {
			case 0, 1, 2, 3:
				s.Press(rapid.SampledFrom(keys).Draw(r, "key"))
			case 4:
				s.Type(rapid.StringN(0, 6, -1).Draw(r, "text"))
			case 5:
				width, height = rapid.IntRange(1, 210).Draw(r, "width"), rapid.IntRange(1, 70).Draw(r, "height")
				s.Resize(width, height)
			case 6:
				s.Send(tui.Sampled(drawStatus(r), drawError(r)))
			case 7:
				s.Send(tui.Slots(drawSlots(r), drawError(r)))
			case 8:
				s.Clock(noon.Add(time.Duration(rapid.IntRange(-1000, 100000).Draw(r, "seconds")) * time.Second))
			case 9:
				s.Step()
			}
			if rapid.IntRange(0, 30).Draw(r, "end") == 0 {
				s.Send(tui.Gone(drawError(r)))
			}
			checkFrame(t, s.Frame(), width, height)
		}
		s.Stop()
	})
}

func drawError(r *rapid.T) error {
	if rapid.Bool().Draw(r, "failed") {
		return errors.New(rapid.String().Draw(r, "error"))
	}
	return nil
}

func drawStatus(r *rapid.T) hub.Status {
	s := healthy()
	s.Phase = hub.Phase(rapid.IntRange(0, 6).Draw(r, "phase"))
	s.Step = rapid.String().Draw(r, "step name")
	s.NATS.Up, s.Fossil.Up = rapid.Bool().Draw(r, "nats"), rapid.Bool().Draw(r, "fossil")
	s.NATS.Problem = rapid.String().Draw(r, "problem")
	s.Fossil.Tip.Comment = rapid.String().Draw(r, "comment")
	s.At = noon.Add(time.Duration(rapid.IntRange(-5, 5).Draw(r, "at")) * time.Second)
	if rapid.Bool().Draw(r, "known") {
		s.NATS.Server, s.NATS.JetStream, s.Fossil.Tip, s.Fossil.CheckIns, s.Fossil.Requests = nil, nil, nil, nil, nil
	}
	return s
}

func drawSlots(r *rapid.T) []slots.Slot {
	out := make([]slots.Slot, rapid.IntRange(0, 40).Draw(r, "slots"))
	for i := range out {
		out[i] = slot(fmt.Sprint(rapid.StringN(0, 20, -1).Draw(r, "name"), i), rapid.String().Draw(r, "task"),
			rapid.String().Draw(r, "title"), time.Duration(rapid.IntRange(0, 400).Draw(r, "age"))*time.Second)
		out[i].PIDAlive = rapid.Bool().Draw(r, "alive")
	}
	return out
}

func BenchmarkFrame(b *testing.B) {
	w := newWorld(b)
	for range 40 {
		w.log(morning()...)
	}
	w.slots <- team()
	s := w.start(160, 50)
	s.AwaitText("1 stale")
	s.AwaitText("200 lines")
	b.ReportAllocs()
	for b.Loop() {
		_ = s.Frame()
	}
}

// BenchmarkLogBatch is one batch of 100 new lines and the frame that follows.
func BenchmarkLogBatch(b *testing.B) {
	w := newWorld(b)
	for range 40 {
		w.log(morning()...)
	}
	w.slots <- team()
	s := w.start(160, 50)
	s.AwaitText("1 stale")
	s.AwaitText("200 lines")
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
