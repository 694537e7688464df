package hub_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
	"bones-tui/slots"
)

const tmpfsEnv = "BONES_TEST_TMPFS"

// onSmallDisk runs the test again where it may mount a disk of its own, and there
// gives test an empty directory to mount it on.
func onSmallDisk(t *testing.T, test func(t *testing.T, disk string)) {
	t.Helper()
	if disk := os.Getenv(tmpfsEnv); disk != "" {
		mount(t, disk, 0)
		t.Setenv("BONES_DIR", filepath.Join(disk, "state"))
		test(t, disk)
		return
	}
	cmd := exec.Command("unshare", "-Urm", "--", os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-torture="+strconv.Itoa(*torture))
	cmd.Env = append(os.Environ(), tmpfsEnv+"="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "--- SKIP") || err != nil && !strings.Contains(string(out), "--- FAIL") {
		t.Skipf("SKIPPED: no small disk can be mounted here: %v\n%s", err, out)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// mount mounts the disk, or with syscall.MS_REMOUNT mounts it anew.
func mount(t *testing.T, disk string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", flags, "size=48m,mode=0700"); err != nil {
		t.Skipf("mount: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		t.Helper()
		root := newWorkspace(t)
		stopHub(t, startHub(t, root))
		c := startClients(t, root)
		n := rounds(1, 100)
		for i := range n {
			h := startHub(t, root)
			time.Sleep(time.Duration(100+rand.IntN(200)) * time.Millisecond)
			fill(t, disk)
			time.Sleep(time.Duration(100+rand.IntN(200)) * time.Millisecond)
			if _, err := h.Status(t.Context()); err != nil {
				t.Errorf("status on a full disk: %v", err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			_ = h.Shutdown(ctx, hub.WithForce(true)) // may say what it could not write
			cancel()
			if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
				t.Fatal(err)
			}
			h = startHub(t, root)
			c.check(h, i == n-1)
			stopHub(t, h)
		}
		c.stop()
		t.Logf("%d times full: %d messages, %d leases, %d check-ins acknowledged, 0 lost", n, len(c.messages), c.leases, len(c.checkIns))
	})
}

// A disk that was full for a while costs nothing but the time: what was acknowledged is
// there, and the same hub takes messages and check-ins again.
func TestDiskFullForAWhile(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		t.Helper()
		root := newWorkspace(t)
		stopHub(t, startHub(t, root))
		c := startClients(t, root)
		h := startHub(t, root)
		log := bonesdir.At(root).Log()
		for i := range rounds(1, 30) {
			within(t, 30*time.Second, "clients at work", func() bool { return c.more(20) })
			fill(t, disk)
			within(t, 30*time.Second, "told in the status", func() bool { return statusOf(t, h).NATS.Problem != "" })
			if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
				t.Fatal(err)
			}
			within(t, 30*time.Second, "taken again", func() bool { return statusOf(t, h).NATS.Problem == "" })
			within(t, 30*time.Second, "clients at work again", func() bool { return c.more(20) })
			c.check(h, false)
			if n := strings.Count(readFile(t, log), "JetStream takes messages again"); n < i+1 {
				t.Errorf("hub.log tells %d times that it is back, in round %d", n, i)
			}
		}
		c.stop()
		c.check(h, true)
		stopHub(t, h)
	})
}

// What is damaged while JetStream is away is told, and copied, before JetStream opens it.
func TestAStoreDamagedWhileTheDiskWasFullIsCopied(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		t.Helper()
		root := newWorkspace(t)
		h := startHub(t, root)
		publish(t, h, 40)
		js, err := jetstream.New(h.Conn())
		if err != nil {
			t.Fatal(err)
		}
		fill(t, disk)
		within(t, 30*time.Second, "told in the status", func() bool {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			_, _ = js.Publish(ctx, "tasks.events.t-1", bytes.Repeat([]byte("x"), 32<<10)) // until it is refused
			return statusOf(t, h).NATS.Problem != ""
		})
		blk := onlyBlock(t, root, slots.StreamTaskEvents)
		damaged := damageInPlace(t, blk)
		if err := os.Remove(filepath.Join(disk, "filler")); err != nil {
			t.Fatal(err)
		}
		i := awaitIncident(t, h, "store-damaged")
		copied := strings.Trim(strings.TrimPrefix(i.Next, "ls "), "'")
		if contentsOf(t, copied)[blockName] != damaged {
			t.Errorf("the block is not in the copy: %+v", i)
		}
		within(t, 30*time.Second, "taken again", func() bool { return statusOf(t, h).NATS.Problem == "" })
		publish(t, h, 1)
		if all := statusOf(t, h).Incidents; len(all) != 1 || all[0].ID != i.ID {
			t.Errorf("told %+v", all)
		}
	})
}

// damageInPlace changes a byte within the first messages of a block, which takes no room on the
// disk, and returns what the block holds then.
func damageInPlace(t *testing.T, blk string) string {
	t.Helper()
	b := []byte(readFile(t, blk))
	const at = 200
	b[at] ^= 0xff
	f, err := os.OpenFile(blk, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt(b[at:at+1], at)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fill leaves no byte free.
func fill(t *testing.T, disk string) {
	t.Helper()
	f, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for block := make([]byte, size); ; {
			if _, err := f.Write(block); err != nil {
				break
			}
		}
	}
}

func TestReadOnlyDisk(t *testing.T) {
	onSmallDisk(t, func(t *testing.T, disk string) {
		t.Helper()
		root := newWorkspace(t)
		stopHub(t, startHub(t, root))
		tip := mustTip(t, root)
		n := rounds(1, 100)
		for range n {
			mount(t, disk, syscall.MS_REMOUNT|syscall.MS_RDONLY)
			h, err := hub.New(root)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Run(t.Context()); !errors.Is(err, syscall.EROFS) || strings.Contains(err.Error(), "\n") {
				t.Errorf("a start on a read-only disk: %v", err)
			}
			if err := hub.Stop(root); err != nil {
				t.Errorf("a stop on a read-only disk: %v", err)
			}
			repo, err := fossil.Open(t.Context(), hub.HubFossilPath(root), fossil.ReadOnly)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := repo.Tip(t.Context(), fossil.Trunk); err != nil || got.UUID != tip {
				t.Errorf("the tip reads %s, not %s (%v)", got.UUID, tip, err)
			}
			if err := repo.Close(); err != nil {
				t.Error(err)
			}
			mount(t, disk, syscall.MS_REMOUNT)
			stopHub(t, startHub(t, root))
		}
		t.Logf("%d starts on a read-only disk refused, each next start as if nothing had been", n)
	})
}
