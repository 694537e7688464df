package hub_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bones-tui/hub"
	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
)

// TestStopNamesSlotsAlthoughSessionsCannotBeRead has a NATS port that takes
// connections and answers nothing: the slot that the directories show must be
// named all the same.
func TestStopNamesSlotsAlthoughSessionsCannotBeRead(t *testing.T) {
	t.Parallel()
	root := newWorkspace(t)
	pid := startDetached(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	liveSlot(t, root, "auth")
	mute := muteNATS(t)
	if err := os.WriteFile(bonesdir.At(root).NATSURLFile(), []byte("nats://"+mute+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := hub.Stop(root)
	var refused *hub.ActiveSlotsError
	if !errors.As(err, &refused) || len(refused.Slots) != 1 || refused.Slots[0].Name != "auth" {
		t.Fatalf("Stop = %v", err)
	}
	if !strings.Contains(err.Error(), "look for active slots") {
		t.Errorf("the refusal hides that sessions could not be read: %v", err)
	}
	if !proc.Alive(pid) {
		t.Error("a refused stop has ended the hub")
	}
}

// liveSlot makes the directory of a slot whose process is this one.
func liveSlot(t *testing.T, root, name string) {
	t.Helper()
	dir := filepath.Join(root, ".bones", "swarm", name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "leaf.pid"), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// muteNATS is a port that greets like NATS and answers nothing but pings.
func muteNATS(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(c, "INFO {\"server_id\":\"x\",\"version\":\"2.15.2\",\"proto\":1,\"max_payload\":1048576,\"headers\":true}\r\n")
			go func() {
				defer c.Close()
				for in := bufio.NewScanner(c); in.Scan(); {
					if in.Text() == "PING" {
						fmt.Fprint(c, "PONG\r\n")
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}
