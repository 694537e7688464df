package alarms

import (
	"fmt"
	"strings"
	"time"

	"bones-tui/slots"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/hubstate"
	"bones-tui/tui/internal/slotspane"
)

// raise records an alarm and tells of it.
func (a *Log) raise(text string, now time.Time) {
	a.record(text, now)
	if !a.notice.Failed() {
		a.notice.Say("alarm: " + text + "  (L lists alarms)")
	}
}

func (a *Log) lookAtSlots(rows []*slotspane.Row, now time.Time) {
	if a.stale == nil {
		a.stale = map[string]time.Time{}
	}
	var turned []string
	for _, r := range rows {
		last, alarmed := a.stale[r.Name]
		switch {
		case r.StateNow != slots.Stale && r.StateNow != slots.RemoteStale:
			delete(a.stale, r.Name)
		case !a.seeded:
			a.stale[r.Name] = r.Renewed
		case !alarmed || !last.Equal(r.Renewed):
			turned = append(turned, r.Name)
		}
	}
	a.seeded = true
	if len(turned) == 0 || now.Sub(a.named) < stalePause {
		return
	}
	for _, r := range rows {
		if r.StateNow == slots.Stale || r.StateNow == slots.RemoteStale {
			a.stale[r.Name] = r.Renewed
		}
	}
	a.named = now
	a.raise(staleText(turned), now)
}

func staleText(names []string) string {
	const most = 5
	if len(names) == 1 {
		return "slot " + names[0] + " turned stale"
	}
	text := fmt.Sprintf("%d slots turned stale: %s", len(names), strings.Join(names[:min(len(names), most)], ", "))
	if len(names) > most {
		text += ", and more"
	}
	return text
}

// lookAtErrors: a burst is over once there are less than half as many errors.
func (a *Log) lookAtErrors(now time.Time) {
	limit := a.limits.Errors
	switch n := a.recent(now); {
	case !a.burst && n >= limit:
		a.burst = true
		a.raise(cells.Plural(int64(n), "error", "errors")+" in the log within a minute", now)
	case a.burst && n < (limit+1)/2:
		a.burst = false
	}
}

// lookAtDisk: it is low until a quarter more than the limit is free.
func (a *Log) lookAtDisk(now time.Time) {
	limit := a.limits.Disk
	switch {
	case !a.disk.Known:
	case !a.low && a.disk.Free < limit:
		a.low = true
		a.raise("the disk is low: "+cells.Size(float64(a.disk.Free))+" are free", now)
	case a.low && a.disk.Free >= limit+limit/4:
		a.low = false
	}
}

// LookAtHub takes the hub for lost once it has gone, failed or does not answer, until it is ready.
// The header tells of it already.
func (a *Log) LookAtHub(h *hubstate.State, t *cells.Theme, now time.Time) {
	what := ""
	switch h.Life {
	case hubstate.Gone:
		what = "the hub is gone"
	case hubstate.Failed:
		what = "the hub has failed"
	case hubstate.Degraded:
		what = "the hub is degraded"
	case hubstate.Ready:
		a.lost = false
	case hubstate.Starting, hubstate.Draining, hubstate.Stopped, hubstate.Count:
	}
	if what == "" || a.lost {
		return
	}
	a.lost = true
	if !a.lostAt.IsZero() && now.Sub(a.lostAt) < lostPause {
		return
	}
	a.lostAt = now
	if _, _, why := h.Badge(t, now); why.Width() > 0 {
		what += ": " + why.String()
	}
	a.record(what, now)
}
