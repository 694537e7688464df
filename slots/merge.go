package slots

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"
)

// maxRemembered is how many slots' last events are kept beyond those of the slots
// that exist.
const maxRemembered = 4096

// putEvent takes one line of the slots' history.
func (b *board) putEvent(e SlotEvent) bool {
	if old, ok := b.last[e.Slot]; ok && e.At.Before(old.At) {
		return false
	}
	b.last[e.Slot] = e
	if len(b.last) > 2*maxRemembered {
		maps.DeleteFunc(b.last, func(name string, _ SlotEvent) bool {
			_, dir := b.dirs[name]
			_, lease := b.leases[name]
			return !dir && !lease
		})
	}
	return true
}

// setOrders takes the dispatched plan.
func (b *board) setOrders(orders map[string]order) bool {
	changed := !maps.Equal(b.orders, orders)
	b.orders = orders
	return changed
}

// setWork takes what a slot's worktree and clone hold. When that was read counts for
// nothing.
func (b *board) setWork(name string, w *Work) bool {
	old := b.works[name]
	b.works[name] = w
	return old == nil || !old.same(w)
}

func (w *Work) same(v *Work) bool {
	a := *w
	a.At = v.At
	return reflect.DeepEqual(&a, v)
}

// snapshot returns every slot, sorted by name.
func (b *board) snapshot() []Slot {
	names := make([]string, 0, len(b.dirs)+len(b.leases))
	for name := range b.dirs {
		names = append(names, name)
	}
	for name := range b.leases {
		if _, both := b.dirs[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	all := make([]Slot, len(names))
	for i, name := range names {
		all[i] = b.slot(name)
	}
	return all
}

// slot merges what the sources say of one slot: the session first, then its own
// history, then the plan.
func (b *board) slot(name string) Slot {
	s := Slot{Name: name, OpenTasks: b.open[name], Work: b.works[name]}
	l, leased := b.leases[name]
	if leased {
		s.TaskID, s.Agent, s.Host, s.PID = l.TaskID, l.AgentID, l.Host, l.LeafPID
		s.Started, s.Renewed, s.Ended = l.StartedAt, l.renewed, l.ended
		s.HasSession = l.ended.IsZero()
	}
	last, told := b.last[name]
	if told {
		s.TaskID, s.Agent, s.Host = cmp.Or(s.TaskID, last.TaskID), cmp.Or(s.Agent, last.AgentID), cmp.Or(s.Host, last.Host)
	}
	if o, ok := b.orders[name]; ok {
		s.TaskID = cmp.Or(s.TaskID, o.task)
		if s.TaskID == o.task {
			s.Title, s.Wave = o.title, o.wave
		}
	}
	if task, ok := b.tasks[s.TaskID]; ok {
		s.Title, s.TaskStatus = task.title, task.status
	}
	if d, ok := b.dirs[name]; ok {
		b.putDir(&s, d)
	}
	s.Result, s.ClosedAt = ending(last, b.dirs[name].last)
	if leased && l.outlives(s.ClosedAt) {
		s.Result, s.ClosedAt = "", time.Time{}
	}
	s.Holds, s.Present = b.signs.held(name, s.Agent, s.TaskID), b.signs.here(name, s.Agent)
	return s
}

func (b *board) putDir(s *Slot, d directory) {
	s.HasDir = true
	s.LastEvent, s.LastErr, s.LastEventAt = d.last.Event, d.last.Err, d.last.At
	if d.pid == 0 {
		return
	}
	s.PID, s.PIDKnown = d.pid, s.Host == "" || s.Host == b.host
	s.PIDAlive = s.PIDKnown && d.alive
}

// ending is how and when a slot was closed, "" if the newest of what its history and
// its own log say is something else. The log counts in whole seconds, and has no line
// of a reap.
func ending(e SlotEvent, l LogLine) (result string, at time.Time) {
	logged := l.At.After(e.At.Truncate(time.Second))
	switch {
	case logged && l.Event == LogClose:
		return cmp.Or(l.Result, "unknown"), l.At
	case logged:
		return "", time.Time{}
	case e.Event == SlotClose || e.Event == SlotReap:
		return cmp.Or(e.Result, "unknown"), e.At
	case l.Event == LogClose && l.At.Equal(e.At.Truncate(time.Second)):
		return cmp.Or(l.Result, "unknown"), l.At
	default:
		return "", time.Time{}
	}
}

// outlives reports whether the session was renewed after a slot of its name had been
// closed: the slot was joined again.
func (l lease) outlives(closed time.Time) bool {
	return l.LastRenewed.After(closed.Add(time.Second))
}
