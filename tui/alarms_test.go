package tui_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bones-tui/hub"
	"bones-tui/tui"
)

func TestAlarms(t *testing.T) {
	w := newWorld(t)
	var free, since atomic.Int64 // bytes, time since noon
	free.Store(5 << 30)
	w.FreeDisk = func(context.Context) (uint64, error) { return uint64(free.Load()), nil }
	w.Now = func() time.Time { return noon.Add(time.Duration(since.Load())) }
	w.Settings = tui.DefaultSettings()
	w.log(morning()...)
	w.slots <- team()
	s := w.start(120, 40)
	s.AwaitText("1 stale")
	s.AwaitText("5 lines ")
	s.Await("count of errors", s.CountsErrors)
	tick := func(by time.Duration) { since.Add(int64(by)); s.Clock(w.Now()) }
	tick(time.Second)
	s.AwaitNoText("1 alarm")
	t.Run("slots that turn stale together are one alarm, and only once", func(t *testing.T) {
		tick(89 * time.Second) // api, billing
		s.AwaitText("alarm: 3 slots turned stale: api, billing, web")
		s.AwaitText("1 alarm ")
		s.Await("bell", func() bool { return s.Bells == 1 })
		tick(time.Second)
		tick(20 * time.Second)
		s.AwaitNoText("2 alarms")
	})
	t.Run("one that was renewed can turn stale again", func(t *testing.T) {
		all := team()
		all[0].Renewed = w.Now()
		w.slots <- all
		s.AwaitText("active")
		tick(time.Second)
		tick(91 * time.Second)
		s.AwaitText("alarm: slot api turned stale")
	})
	t.Run("a burst of errors", func(t *testing.T) {
		w.log(slices.Repeat(morning()[4:5], 12)...) // at once: the alarm tells how many there are
		s.AwaitText("17 lines ")
		s.Await("alarm", func() bool {
			tick(time.Millisecond)
			return strings.Contains(plain(s.Frame()), "alarm: 12 errors in the log")
		})
	})
	t.Run("a low disk", func(t *testing.T) {
		free.Store(100 << 20)
		tick(20 * time.Second)
		s.Await("alarm", func() bool {
			tick(time.Millisecond)
			return strings.Contains(plain(s.Frame()), "the disk is low: 100M are free")
		})
	})
	t.Run("L lists them, the newest first", func(t *testing.T) {
		s.Press("L")
		s.AwaitText("ALARMS")
		s.AwaitNoText("alarms ")
		frame := plain(s.Frame())
		if a, b := strings.Index(frame, "disk is low"), strings.Index(frame, "3 slots turned stale"); a < 0 || b < a {
			t.Errorf("the list is wrong:\n%s", frame)
		}
		if n := strings.Count(frame, "turned stale"); n != 2 {
			t.Errorf("%d alarms about slots, want 2:\n%s", n, frame)
		}
	})
}

func TestAlarmOfALostHub(t *testing.T) {
	w := newWorld(t)
	w.attach()
	w.hub.end = hub.ErrGone
	s := w.start(120, 40)
	s.AwaitText("ATTACHED")
	w.hub.set((*fakeHub).finish)
	s.AwaitText("GONE")
	s.Clock(noon.Add(time.Second))
	s.AwaitText("1 alarm ")
	s.Clock(noon.Add(2 * time.Second))
	s.AwaitNoText("2 alarms")
	s.Press("L")
	s.AwaitText("the hub is gone")
	if s.Bells != 0 {
		t.Error("the bell rings though it is off")
	}
}
