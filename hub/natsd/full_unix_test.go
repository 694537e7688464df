//go:build unix

package natsd_test

import (
	"context"
	"errors"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"bones-tui/hub/natsd"
)

// limitFileSize makes writes beyond n bytes of any file fail, as a full disk
// does, until the returned function is called.
func limitFileSize(t *testing.T, n uint64) (lift func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	tight := old
	tight.Cur = n
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &tight); err != nil {
		t.Skip("cannot limit the size of files:", err)
	}
	lift = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { lift(); signal.Reset(syscall.SIGXFSZ) })
	return lift
}

func TestSampleReportsAFullDiskAndARestartHeals(t *testing.T) {
	dir := t.TempDir()
	s := start(t, natsd.Config{StoreDir: dir, SyncAlways: true})
	kv := bucket(t, connect(t, s.URL()))
	lift := limitFileSize(t, 64<<10)
	value := make([]byte, 10<<10)
	acked := 0
	for ; acked < 20; acked++ {
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		_, err := kv.Put(ctx, "k", value)
		cancel()
		if err != nil {
			break
		}
	}
	_, _, err := s.Sample()
	if acked == 20 || !errors.Is(err, natsd.ErrUnhealthy) {
		t.Errorf("%d puts: %v", acked, err)
	}
	lift()
	stop(t, s)
	s = start(t, natsd.Config{StoreDir: dir, SyncAlways: true, Port: s.Port()})
	if _, err := bucket(t, connect(t, s.URL())).Put(t.Context(), "k", value); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	if _, _, err := s.Sample(); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}
