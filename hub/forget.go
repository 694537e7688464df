package hub

import (
	"errors"
	"fmt"
	"os"

	"bones-tui/hub/registry"
)

// unregister drops the registry row that the hub of process pid has left behind.
func unregister(root string, pid int) error {
	return unregisterIf(root, func(listed int) bool { return listed == pid })
}

func unregisterIf(root string, gone func(pid int) bool) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil // then there is no registry either
	}
	if row, err := registry.Read(home, root); err != nil || !gone(row.HubPID) {
		return nil //nolint:nilerr // there is none, or it is another hub's
	}
	if err := registry.Remove(home, root); err != nil {
		return fmt.Errorf("hub: stop: %w", err)
	}
	return nil
}

// forget removes what still names processes of this family when nobody follows them.
func (h *Hub) forget(t *tenure, pids ...int) (err error) {
	if t.lock == nil || !t.lock.InPlace() { // then the records there are of another family
		return nil
	}
	for _, pid := range pids {
		err = errors.Join(err, h.dir.RemovePIDOf(pid), h.dir.ForgetHolder(pid), unregister(h.dir.Root, pid))
	}
	return err
}
