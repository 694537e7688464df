package bonesdir_test

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"testing"

	"bones-tui/hub/bonesdir"
)

func held(tb testing.TB, d bonesdir.Dir) *bonesdir.Held {
	tb.Helper()
	h, err := d.Hold()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = h.Close() })
	return h
}

func TestHeldRemovesOnlyItsOwnPID(t *testing.T) {
	d := created(t)
	one, two := held(t, d), held(t, d)
	if err := errors.Join(one.RemovePID(), d.WritePID(7), one.RemovePID()); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ReadPID(); err != nil || r.PID != 7 {
		t.Errorf("removed what it had not written: %v", err)
	}
	if err := errors.Join(one.WritePID(8), d.RemovePID(), two.WritePID(8), one.RemovePID()); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ReadPID(); err != nil || r.PID != 8 {
		t.Errorf("removed what another had written: %v", err)
	}
	if err := errors.Join(two.RemovePID(), two.RemovePID()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ReadPID(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left its own: %v", err)
	}
}

func TestHeldStaysInItsDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open directory cannot be moved there")
	}
	d := created(t)
	h := held(t, d)
	if err := errors.Join(h.WritePID(7), os.Rename(d.State, d.State+".moved"), d.Create(), held(t, d).WritePID(8)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.WriteURLs(1, 2), h.WriteCoordMarks([]byte("x")), h.RemovePID()); err != nil {
		t.Fatal(err)
	}
	if r, err := d.ReadPID(); err != nil || r.PID != 8 || d.FossilURL() != "" {
		t.Errorf("it reached the directory at its old path: %v, %q", err, d.FossilURL())
	}
	moved := bonesdir.Dir{Root: d.Root, State: d.State + ".moved"}
	if _, err := moved.ReadPID(); !errors.Is(err, fs.ErrNotExist) || moved.NATSURL() == "" {
		t.Errorf("it did not reach its own: %v, %q", err, moved.NATSURL())
	}
	if err := os.RemoveAll(moved.State); err != nil {
		t.Fatal(err)
	}
	if err := h.RemovePID(); err != nil {
		t.Errorf("of a directory that is gone: %v", err)
	}
	if err := h.WritePID(9); err == nil {
		t.Error("wrote to a directory that is gone")
	}
}
