//go:build unix

package fossil_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/disktest"
)

func TestAFullDiskIsTold(t *testing.T) { disktest.Run(t, fullDisk) }

func fullDisk(t *testing.T, limit func(n uint64) (lift func())) {
	t.Helper()
	r, told := failing(t)
	big := make([]byte, 4<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(big)
	lift := limit(1 << 20)
	for door, send := range doorsOf(t, r, told) {
		if reply := send(pushOf(r, "", big)); !strings.Contains(reply, "no\\sspace") {
			t.Errorf("over %s the client is told %q", door, reply)
		}
		checkFailure(t, "full", door, told, fossil.CauseFull, "disk full")
	}
	lift()
	for door, send := range doorsOf(t, r, told) {
		if reply := send(pushOf(r, "", big)); strings.Contains(reply, "error ") || len(told.take()) > 0 {
			t.Errorf("over %s a push after that is told %q", door, reply)
		}
	}
}
