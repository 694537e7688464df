package reference_test

import (
	"fmt"
	"maps"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"

	"bones-tui/hub/internal/reference"
)

// A killed hub that nobody has waited for yet counts as alive.
func TestVerbTakesAZombieForAHub(t *testing.T) {
	d := newWorkspace(t)
	cmd := exec.Command("true")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	write(t, d.State, "hub.pid", fmt.Sprintln(cmd.Process.Pid), 0o644)
	before := content(t, d.Root)
	verb(t, d, reference.Running)
	if after := content(t, d.Root); !maps.Equal(before, after) {
		t.Error("the workspace has changed")
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	verb(t, d, reference.Started)
}
