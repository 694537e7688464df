//go:build unix

package natsd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/natsd"
)

func TestSwitchedOffNothingIsAcknowledged(t *testing.T) {
	s := start(t, natsd.Config{})
	js := connect(t, s.URL())
	kv := bucket(t, js)
	if _, err := kv.PutString(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.SwitchOff(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := kv.PutString(t.Context(), "k", "w"); err == nil {
		t.Error("a put was acknowledged")
	}
	if err := js.Conn().FlushTimeout(30 * time.Second); err != nil || js.Conn().Status() != nats.CONNECTED {
		t.Errorf("the server itself is gone: %v", err)
	}
	if _, _, err := s.Sample(); err == nil {
		t.Error("the sample finds nothing to tell")
	}
}

// names lists everything below dir with size and time.
func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		list = append(list, fmt.Sprint(strings.TrimPrefix(path, dir), " ", info.Size(), " ", info.ModTime().UnixNano()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A server whose store was moved away must not write to the one that came in its place.
func TestAServerKeepsToItsStore(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no way to reach a directory but by its name")
	}
	for _, end := range []string{"switched off", "closed"} {
		t.Run(end, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "coord")
			old := start(t, natsd.Config{StoreDir: path})
			kv := bucket(t, connect(t, old.URL()))
			if _, err := kv.PutString(t.Context(), "k", "old"); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path, path+".moved"); err != nil {
				t.Fatal(err)
			}
			young := start(t, natsd.Config{StoreDir: path})
			if _, err := bucket(t, connect(t, young.URL())).PutString(t.Context(), "k", "young"); err != nil {
				t.Fatal(err)
			}
			stop(t, young)
			before := names(t, path)
			if _, err := kv.PutString(t.Context(), "k2", "old"); err != nil { // goes to the moved one
				t.Fatal(err)
			}
			if end == "switched off" {
				if err := old.SwitchOff(); err != nil {
					t.Fatal(err)
				}
			}
			stop(t, old)
			if after := names(t, path); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Errorf("the other store was\n%s\nand is\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
			}
			moved := bucket(t, connect(t, start(t, natsd.Config{StoreDir: path + ".moved"}).URL()))
			for _, key := range []string{"k", "k2"} {
				if e, err := moved.Get(t.Context(), key); err != nil || string(e.Value()) != "old" {
					t.Errorf("%s: %v", key, err)
				}
			}
		})
	}
}

func TestLinesNameTheStoreAsPeopleKnowIt(t *testing.T) {
	dir := t.TempDir()
	stream := filepath.Join(dir, "jetstream", "$G", "streams", "X")
	if err := os.MkdirAll(stream, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stream, "meta.inf"), []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log ledger
	start(t, natsd.Config{StoreDir: dir, Log: log.log})
	if log.count(stream) == 0 || log.count("/proc/") != 0 {
		t.Errorf("%d lines name the stream, %d another path: %q", log.count(stream), log.count("/proc/"), log.lines)
	}
}
