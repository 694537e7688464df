package hub_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub"
	"bones-tui/hub/natsd"
)

// Two who restart a hub at the same moment both get what they ask for, one after the other.
func TestRestartsAtOnceAllSucceed(t *testing.T) {
	root := newWorkspace(t)
	first := startDetached(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			done, err := hub.Restart(t.Context(), root, hub.RestartOptions{})
			if err != nil || !done.Handed || done.PID == first {
				t.Errorf("%+v, %v", done, err)
			}
		})
	}
	all.Wait()
	if st, err := askHub(root); err != nil || st.Phase != hub.PhaseReady || st.Deaths != 0 {
		t.Errorf("the hub is %+v, %v", st, err)
	}
}

// Whoever calls a restart off when the hub has been asked reads that it may go on.
func TestARestartThatIsNotWaitedForSaysSo(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	t.Cleanup(func() { _ = hub.Stop(root, hub.WithForce(true)) })
	asked := make(chan struct{})
	resume := make(chan struct{})
	hub.AtStep(h, func(step string, _ bool) error {
		if step == "heir" {
			close(asked)
			<-resume
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	_, err := hub.Restart(ctx, root, hub.RestartOptions{})
	close(resume)
	if err == nil || !strings.Contains(err.Error(), "may go on with it") {
		t.Errorf("Restart = %v", err)
	}
	within(t, time.Minute, "handed over all the same", func() bool {
		select {
		case <-h.Done():
			return true
		default:
			return false
		}
	})
}

// A hub that drains cannot hand over, and does not say that it never would.
func TestAHubThatDrainsIsChangingHands(t *testing.T) {
	root := newWorkspace(t)
	h := startHub(t, root)
	var once sync.Once
	var said error
	hub.AtStep(h, func(_ string, undo bool) error {
		if undo {
			once.Do(func() { said = hub.AskToHandOver(t.Context(), root, os.Getpid()) })
		}
		return nil
	})
	if err := h.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(said, hub.ErrChanging) {
		t.Errorf("asked while it drains: %v", said)
	}
}

// Whoever asks a hub that ends at this moment comes in between two owners, and asks the
// next; one that is there and says nothing is told.
func TestAHubThatHangsUpIsChangingHands(t *testing.T) {
	listen := func(t *testing.T) net.Listener {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	for _, c := range []struct {
		name   string
		serve  func(t *testing.T) int
		silent bool
	}{
		{"nothing listens any more", func(t *testing.T) int {
			t.Helper()
			l := listen(t)
			_ = l.Close()
			return port(l)
		}, false},
		{"it accepts and closes", func(t *testing.T) int {
			t.Helper()
			l := listen(t)
			go func() {
				if c, err := l.Accept(); err == nil {
					_ = c.Close()
				}
			}()
			return port(l)
		}, false},
		{"it ends with the question unanswered", func(t *testing.T) int {
			t.Helper()
			s, err := natsd.Start(t.Context(), natsd.Config{StoreDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			nc, err := nats.Connect(fmt.Sprintf("nats://127.0.0.1:%d", s.Port()))
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			t.Cleanup(func() { <-ended })
			if _, err := nc.Subscribe("bones.hub.restart", func(*nats.Msg) {
				go func() {
					defer close(ended)
					defer nc.Close()
					_ = s.Close(context.Background())
				}()
			}); err != nil {
				t.Fatal(err)
			}
			if err := nc.Flush(); err != nil {
				t.Fatal(err)
			}
			return s.Port()
		}, false},
		{"it says nothing", func(t *testing.T) int {
			t.Helper()
			return port(listen(t))
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := newWorkspace(t)
			state := filepath.Join(root, ".bones")
			if err := os.MkdirAll(state, 0o700); err != nil {
				t.Fatal(err)
			}
			url := fmt.Sprintf("nats://127.0.0.1:%d", c.serve(t))
			if err := os.WriteFile(filepath.Join(state, "hub-nats-url"), []byte(url), 0o600); err != nil {
				t.Fatal(err)
			}
			err := hub.AskToHandOver(t.Context(), root, os.Getpid())
			var silent *hub.SilentError
			if errors.As(err, &silent) != c.silent || errors.Is(err, hub.ErrChanging) == c.silent {
				t.Errorf("asked: %v", err)
			}
		})
	}
}
