package bonesdir

import (
	"errors"

	"bones-tui/hub/bonesdir/durable"
)

// LockHolder returns the pid in hub.lock.pid, 0 if there is none. It is a claim, and
// outlives a crash: the kernel's lock alone decides. The record is for starters that ask
// it first.
func (d Dir) LockHolder() int {
	text, _, err := readSmall(d.State, d.LockPIDFile())
	if err != nil {
		return 0
	}
	pid, err := parsePID(text)
	if err != nil {
		return 0
	}
	return pid
}

// RecordHolder writes hub.lock.pid.
func (d Dir) RecordHolder(pid int) error {
	if d.LockHolder() == pid {
		return nil
	}
	return durable.WriteFile(d.LockPIDFile(), pidText(pid), privateMode)
}

// ForgetHolder removes hub.lock.pid if it names pid.
func (d Dir) ForgetHolder(pid int) error {
	if d.LockHolder() != pid {
		return nil
	}
	return remove(d.LockPIDFile())
}

// RemovePIDOf removes hub.pid if it names pid: another process may be the hub by now.
func (d Dir) RemovePIDOf(pid int) error {
	rec, err := d.ReadPID()
	if errors.Is(err, ErrBadRecord) || err == nil && rec.PID == pid {
		return d.RemovePID()
	}
	return nil
}
