package hub_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDiskTurnsReadOnlyAtAnyMoment has the kernel find an error of the file system under
// a hub in its start or at work: from then on nothing can be written, and what was not
// synced before is lost. Nothing that a client was told to be done before may be missing
// when the disk is back. Meanwhile nothing counts: the kernel may report the success of
// a sync whose transaction it throws away just then.
func TestDiskTurnsReadOnlyAtAnyMoment(t *testing.T) {
	d := newFailingDisk(t)
	t.Setenv("BONES_DIR", filepath.Join(d.dir, "state"))
	root := newWorkspace(t)
	stopHub(t, startHub(t, root))
	c := startClients(t, root)
	t.Cleanup(c.stop) // before the disk goes
	n, inTheStart := rounds(2, 100), 0
	for i := range n {
		p := spawnHub(t, root, "")
		if i%2 == 1 {
			inTheStart++
			time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
		} else {
			if !awaitHub(t, root, 20*time.Second) {
				t.Fatal("the hub is not ready")
			}
			time.Sleep(time.Duration(100+rand.IntN(200)) * time.Millisecond)
		}
		c.listen(false)
		d.fail(t)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-p.ended: // it may say what it could not write
			p.ended <- err
		case <-time.After(20 * time.Second):
			t.Fatal("the hub does not end on a failed disk")
		}
		d.mend(t)
		c.listen(true)
		h := startHub(t, root)
		c.check(h, i == n-1)
		stopHub(t, h)
		if t.Failed() {
			t.Fatalf("in round %d", i)
		}
	}
	c.stop()
	t.Logf("%d times read-only, %d of them in the start: %d messages, %d leases, %d check-ins acknowledged, 0 lost",
		n, inTheStart, len(c.messages), c.leases, len(c.checkIns))
}

// failingDisk is a file system of its own that can be made to fail.
type failingDisk struct{ image, dir, loop string }

func newFailingDisk(t *testing.T) *failingDisk {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: needs root to mount a disk that can fail")
	}
	d := &failingDisk{image: filepath.Join(t.TempDir(), "disk"), dir: t.TempDir()}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, 512<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no file system can be made: %v\n%s", err, out)
	}
	if out, err := d.mount(); err != nil {
		t.Skipf("SKIPPED: no disk can be mounted here: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", d.dir).Run() })
	out, err := exec.Command("losetup", "-n", "-O", "NAME", "-j", d.image).Output()
	if err != nil {
		t.Fatal(err)
	}
	d.loop = filepath.Base(strings.TrimSpace(string(out)))
	if _, err := os.Stat(d.trigger()); err != nil {
		t.Skipf("SKIPPED: this kernel makes no disk fail: %v", err)
	}
	return d
}

func (d *failingDisk) trigger() string {
	return filepath.Join("/sys/fs/ext4", d.loop, "trigger_fs_error")
}

func (d *failingDisk) mount() ([]byte, error) {
	return exec.Command("mount", "-o", "loop,errors=remount-ro", d.image, d.dir).CombinedOutput()
}

// fail makes the disk read-only, open files included.
func (d *failingDisk) fail(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(d.trigger(), []byte("test"), 0); err != nil {
		t.Fatal(err)
	}
}

// mend mounts the disk again, as after a boot. Clients may look for the URLs there just
// now, so that it takes more than one try.
func (d *failingDisk) mend(t *testing.T) {
	t.Helper()
	within(t, 10*time.Second, "let go of", func() bool { return exec.Command("umount", d.dir).Run() == nil })
	within(t, 10*time.Second, "mounted for writing", func() bool {
		if _, err := d.mount(); err != nil {
			return false
		}
		probe := filepath.Join(d.dir, "probe")
		if os.WriteFile(probe, nil, 0o600) == nil && os.Remove(probe) == nil {
			return true
		}
		_ = exec.Command("umount", d.dir).Run() // the kernel had not let go of the failed one
		return false
	})
	out, err := exec.Command("losetup", "-n", "-O", "NAME", "-j", d.image).Output()
	if err != nil {
		t.Fatal(err)
	}
	d.loop = filepath.Base(strings.TrimSpace(string(out)))
}
