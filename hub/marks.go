package hub

import (
	"time"

	"bones-tui/hub/internal/lastrun"
)

func (k *markKeeper) write(m lastrun.Marks) error {
	if err := m.Write(k.r.held); err != nil {
		return err
	}
	k.last = m
	return nil
}

// settle takes note that what slots have told until then has been looked at.
func (k *markKeeper) settle(until time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.last
	if m.Repository == nil {
		return nil
	}
	mark := *m.Repository
	mark.Since = until.UTC()
	m.Repository = &mark
	return k.write(m)
}
