package hub_test

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/fossil"
)

// Bounds of a hub's resident memory, beyond what an idle one takes: generous, as the test
// prints what it finds.
const (
	peakMiB = 400 // while clients do their worst
	restMiB = 100 // soon after they have gone
)

// TestMemoryIsBoundedInTotal lets many clients, or a few, take all they can get. The hub's
// memory stays bounded, it serves others meanwhile, and it gives the memory back.
func TestMemoryIsBoundedInTotal(t *testing.T) {
	for name, load := range map[string]func(*testing.T, *loadedHub) (leave func()){
		"40 subscribers that do not read":    subscribersThatDoNotRead,
		"more connections than there may be": manyConnections,
		"2 pushes of 35 MB at a time":        largePushes,
		"64 bodies that do not end":          endlessBodies,
	} {
		t.Run(name, func(t *testing.T) {
			h := loadHub(t)
			leave := load(t, h)
			h.answers()
			leave()
			begun := time.Now()
			if raceOn {
				return
			}
			within(t, 30*time.Second, "memory given back", func() bool { return h.memory("VmRSS")-h.idle <= restMiB })
			peak := h.memory("VmHWM")
			if peak-h.idle > peakMiB {
				t.Errorf("the hub took %d MiB, idle %d", peak, h.idle)
			}
			t.Logf("idle %d MiB, peak %d, %d after %v", h.idle, peak, h.memory("VmRSS"), time.Since(begun).Round(time.Second/10))
		})
	}
}

// loadedHub is a hub in a process of its own, whose memory is measured.
type loadedHub struct {
	t    *testing.T
	root string
	dir  bonesdir.Dir
	pid  int
	idle int // MiB
}

func loadHub(t *testing.T) *loadedHub {
	t.Helper()
	h := &loadedHub{t: t, root: newWorkspace(t)}
	h.dir = bonesdir.At(h.root)
	h.pid = spawnHub(t, h.root, "").cmd.Process.Pid
	t.Cleanup(func() { killAll(h.root) })
	if !awaitHub(t, h.root, 30*time.Second) {
		t.Fatal("the hub does not come up")
	}
	h.idle = h.memory("VmRSS")
	return h
}

// memory returns a number of the kernel's about the hub, in MiB.
func (h *loadedHub) memory(field string) int {
	h.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.pid))
	if err != nil {
		h.t.Fatal(err)
	}
	kib, err := strconv.Atoi(string(regexp.MustCompile(field + `:\s+(\d+)`).FindSubmatch(status)[1]))
	if err != nil {
		h.t.Fatal(err)
	}
	return kib >> 10
}

// answers waits until the hub serves others.
func (h *loadedHub) answers() {
	h.t.Helper()
	begun := time.Now()
	within(h.t, 20*time.Second, "an answer for others", func() bool {
		st, err := askHub(h.root)
		return err == nil && st.Phase == hub.PhaseReady && st.Fossil.Up
	})
	h.t.Logf("others were answered after %v", time.Since(begun).Round(time.Millisecond))
}

// dial connects to one of the hub's URLs and says something.
func (h *loadedHub) dial(url, say string) net.Conn {
	h.t.Helper()
	c, err := net.Dial("tcp", hostPort(url))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	fmt.Fprint(c, say)
	return c
}

func closeAll(conns []net.Conn) func() {
	return func() {
		for _, c := range conns {
			c.Close()
		}
	}
}

const hello = "CONNECT {\"verbose\":false}\r\nPING\r\n"

// awaitPong reads what NATS answers to hello: PONG, or an error.
func awaitPong(t *testing.T, c net.Conn) (line string) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	for r := bufio.NewReaderSize(c, 512); !strings.HasPrefix(line, "PONG") && !strings.HasPrefix(line, "-ERR"); {
		var err error
		if line, err = r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return line
}

func subscribersThatDoNotRead(t *testing.T, h *loadedHub) func() {
	t.Helper()
	var conns []net.Conn
	for range 40 {
		c := h.dial(h.dir.NATSURL(), "CONNECT {}\r\nSUB news 1\r\nPING\r\n")
		if line := awaitPong(t, c); line != "PONG\r\n" {
			t.Fatal(line)
		}
		conns = append(conns, c)
	}
	nc, err := nats.Connect(h.dir.NATSURL(), nats.MaxReconnects(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	messages := 60
	if raceOn {
		messages = 20
	}
	for range messages {
		if err := nc.Publish("news", make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
		if err := nc.FlushTimeout(30 * time.Second); err != nil {
			t.Fatal(err)
		}
	}
	return closeAll(conns)
}

func manyConnections(t *testing.T, h *loadedHub) func() {
	t.Helper()
	n := 5000
	if raceOn {
		n = 2100
	}
	conns, refused := make([]net.Conn, 0, n), 0
	for range n {
		conns = append(conns, h.dial(h.dir.NATSURL(), hello))
	}
	for _, c := range conns {
		switch line := awaitPong(t, c); {
		case strings.Contains(line, "maximum connections exceeded"):
			refused++
		case strings.HasPrefix(line, "-ERR"):
			t.Errorf("refused with %q", line)
		}
	}
	t.Logf("%d of %d connections were refused, with the reason", refused, n)
	for _, c := range conns[:n/10] { // or nobody could ask for the status
		c.Close()
	}
	return closeAll(conns)
}

func largePushes(t *testing.T, h *loadedHub) func() {
	t.Helper()
	n, size := 2, 35_000_000
	if raceOn {
		n, size = 1, 5_000_000
	}
	web := fossil.NewHTTPTransport(h.dir.FossilURL())
	done := make(chan error, n)
	for i := range n {
		clone, err := fossil.Clone(t.Context(), filepath.Join(t.TempDir(), fmt.Sprint(i, ".fossil")), web, fossil.CloneOptions{RelaxedSync: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { clone.Close() })
		content := make([]byte, size)
		rand.Read(content)
		if _, err = clone.Commit(t.Context(), fossil.Commit{
			Branch: fossil.Trunk, User: "slot-a", Comment: "large", Time: time.Now(),
			Files: []fossil.File{{Name: "large.bin", Content: content}},
		}); err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := clone.Push(t.Context(), web, fossil.SyncOptions{})
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	return func() {}
}

func endlessBodies(t *testing.T, h *loadedHub) func() {
	t.Helper()
	head := fmt.Sprintf("POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-fossil\r\nContent-Length: %d\r\n\r\n",
		hostPort(h.dir.FossilURL()), 60<<20)
	n, each := 64, 20<<20
	if raceOn {
		n, each = 32, 4<<20
	}
	var conns []net.Conn
	sent := make(chan int)
	for range n {
		c := h.dial(h.dir.FossilURL(), head)
		conns = append(conns, c)
		go func() {
			_ = c.SetWriteDeadline(time.Now().Add(5 * time.Second))
			n, _ := c.Write(make([]byte, each))
			sent <- n
		}()
	}
	total := 0
	for range conns {
		total += <-sent
	}
	t.Logf("%d MiB were sent", total>>20)
	return closeAll(conns)
}
