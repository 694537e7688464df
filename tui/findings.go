package tui

import (
	"fmt"
	"time"

	"bones-tui/logview"
	"bones-tui/slots"
)

// finding is something that needs a look, in one sentence.
type finding struct {
	text string
}

// findings lists what is wrong now, the worst first. It is derived from what the
// screen shows anyway, so that the operator need not derive it.
func findings(h *hubState, rows []slotRow, snap logview.Snapshot, filtered bool, now time.Time) []finding {
	var out []finding
	add := func(format string, args ...any) { out = append(out, finding{fmt.Sprintf(format, args...)}) }
	if h.known && !h.ended() {
		if s := h.status.NATS.Server; s != nil && s.SlowConsumers > 0 {
			add("NATS cut off %s", plural(s.SlowConsumers, "slow consumer", "slow consumers"))
		}
		if n := h.status.Fossil.Leaves; n != nil && *n > 1 {
			add("trunk has %d leaves: agents have forked it", *n)
		}
		for i := range rows {
			if s := rows[i].state; s == slots.Stale || s == slots.RemoteStale {
				add("slot %s has not renewed its lease for %s", rows[i].name, short(now.Sub(rows[i].Renewed)))
			}
		}
	}
	if filtered && snap.HiddenProblems > 0 {
		add("the filter hides %s of the last 5 minutes (esc shows all)",
			plural(int64(snap.HiddenProblems), "warning or error", "warnings and errors"))
	}
	return out
}
