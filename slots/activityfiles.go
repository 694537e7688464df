package slots

import (
	"bytes"
	"context"
	"time"

	"bones-tui/hub/hublog"
)

// oldLog is how much of a log is read at first: all of one that is rotated in time.
const oldLog = 12 << 20

// activityLook is the time between two looks at files.
const activityLook = time.Second

// activityFiles reads what files tell.
type activityFiles struct {
	checkIns           CheckInFunc
	limit              int
	events, log, older tail
	out                chan<- func(*timeline)
}

func (f *activityFiles) run(ctx context.Context) {
	tick := time.NewTicker(activityLook)
	defer tick.Stop()
	for first := true; ; first = false {
		f.look(ctx, first)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look reads each source and passes on what is new.
func (f *activityFiles) look(ctx context.Context, first bool) {
	var logged []hublog.Entry
	if first {
		logged = readLifecycle(&f.older, logged)
	}
	logged = readLifecycle(&f.log, logged)
	var told []SlotEvent
	f.events.all(func(line []byte) {
		if e, err := DecodeSlotEvent(line); err == nil && !e.At.IsZero() {
			told = append(told, e)
		}
	})
	var list []CheckIn
	if f.checkIns != nil {
		list, _ = f.checkIns(ctx, f.limit) // what cannot be read now may be readable later
	}
	if !first && len(logged)+len(told)+len(list) == 0 {
		return
	}
	select {
	case f.out <- func(t *timeline) {
		for _, e := range logged {
			t.putLog(e)
		}
		for _, ci := range list {
			t.putCheckIn(ci)
		}
		for _, e := range told {
			t.putSlotEvent(e)
		}
	}:
	case <-ctx.Done():
	}
}

// readLifecycle adds the new lines that can be about the hub's own life.
func readLifecycle(t *tail, all []hublog.Entry) []hublog.Entry {
	t.all(func(line []byte) {
		if !bytes.Contains(line, []byte(`"lifecycle"`)) && !bytes.Contains(line, []byte(`"error"`)) {
			return
		}
		if e, err := hublog.Decode(line); err == nil {
			all = append(all, e)
		}
	})
	return all
}
