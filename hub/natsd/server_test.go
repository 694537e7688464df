package natsd_test

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
	"github.com/nats-io/nats.go/jetstream"
	psnet "github.com/shirou/gopsutil/v4/net"
	"go.uber.org/goleak"

	"bones-tui/hub/natsd"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		victim()
		return
	}
	goleak.VerifyTestMain(m)
}

func start(tb testing.TB, c natsd.Config) *natsd.Server {
	tb.Helper()
	if c.StoreDir == "" {
		c.StoreDir = tb.TempDir()
	}
	s, err := natsd.Start(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { stop(tb, s) })
	return s
}

func stop(tb testing.TB, s *natsd.Server) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		tb.Error(err)
	}
}

func connect(tb testing.TB, url string, opts ...nats.Option) jetstream.JetStream {
	tb.Helper()
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	return js
}

func bucket(tb testing.TB, js jetstream.JetStream) jetstream.KeyValue {
	tb.Helper()
	kv, err := js.CreateOrUpdateKeyValue(tb.Context(), jetstream.KeyValueConfig{Bucket: "b", History: 5})
	if err != nil {
		tb.Fatal(err)
	}
	return kv
}

func everyone(net.Addr, net.Addr) bool { return true }

func TestStartServesPlainClients(t *testing.T) {
	for name, admit := range map[string]func(_, _ net.Addr) bool{"no door": nil, "open door": everyone} {
		t.Run(name, func(t *testing.T) {
			s := start(t, natsd.Config{Admit: admit})
			for who, js := range map[string]jetstream.JetStream{
				"tcp": connect(t, s.URL()), "pipe": connect(t, "", s.InProcess()),
			} {
				kv := bucket(t, js)
				if _, err := kv.PutString(t.Context(), who, "v"); err != nil {
					t.Errorf("%s: put: %v", who, err)
				}
				if e, err := kv.Get(t.Context(), who); err != nil || string(e.Value()) != "v" {
					t.Errorf("%s: get: %v", who, err)
				}
				if n := js.Conn().MaxPayload(); n != 8<<20 {
					t.Errorf("%s: payloads of up to %d", who, n)
				}
			}
		})
	}
}

func TestServerListensOnOneLoopbackPort(t *testing.T) {
	s := start(t, natsd.Config{})
	conns, err := psnet.ConnectionsPid("tcp", int32(os.Getpid()))
	if err != nil {
		t.Skip(err)
	}
	var listening []string
	for _, c := range conns {
		if c.Status == "LISTEN" {
			listening = append(listening, fmt.Sprintf("%s:%d", c.Laddr.IP, c.Laddr.Port))
		}
	}
	if want := fmt.Sprintf("[127.0.0.1:%d]", s.Port()); fmt.Sprint(listening) != want {
		t.Errorf("listening on %v, want %v", listening, want)
	}
}

func TestStoreIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "coord")
	start(t, natsd.Config{StoreDir: dir})
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestADoorThatIsShut(t *testing.T) {
	type ends struct{ local, remote string }
	asked := make(chan ends, 4)
	s := start(t, natsd.Config{Admit: func(local, remote net.Addr) bool {
		asked <- ends{local.String(), remote.String()}
		return false
	}})
	nc, err := nats.Connect(s.URL())
	if !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("connect: %v, %v", nc, err)
	}
	e := <-asked
	if e.local != fmt.Sprintf("127.0.0.1:%d", s.Port()) || !strings.HasPrefix(e.remote, "127.0.0.1:") || e.remote == e.local {
		t.Errorf("asked about %+v", e)
	}
	bucket(t, connect(t, "", s.InProcess())) // our own process is not asked about
	if stats, _, err := s.Sample(); err != nil || stats.Refused != 1 || len(asked) != 0 {
		t.Errorf("refused %d, %v; %d more asked about", stats.Refused, err, len(asked))
	}
}

func TestStartFailsAtOnceWhenThePortIsTaken(t *testing.T) {
	s := start(t, natsd.Config{})
	begun := time.Now()
	_, err := natsd.Start(t.Context(), natsd.Config{StoreDir: t.TempDir(), Port: s.Port()})
	if !errors.Is(err, natsd.ErrPortTaken) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestStartTellsWhyTheStoreIsUnusable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "jetstream"), nil, 0o600); err != nil { // where a directory should be
		t.Fatal(err)
	}
	var mu sync.Mutex
	var errorLines []string
	begun := time.Now()
	s, err := natsd.Start(t.Context(), natsd.Config{StoreDir: dir, Log: func(line natsd.Line) {
		mu.Lock()
		defer mu.Unlock()
		if line.Level == "ERROR" {
			errorLines = append(errorLines, line.Text)
		}
	}})
	if err == nil {
		stop(t, s)
		t.Fatal("started")
	}
	if errors.Is(err, natsd.ErrPortTaken) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %v", took)
	}
	if len(errorLines) == 0 {
		t.Error("nothing was logged")
	}
	if _, err := natsd.Start(t.Context(), natsd.Config{StoreDir: filepath.Join(dir, "jetstream", "x")}); err == nil {
		t.Error("a store below a file")
	}
}

func TestStartWithAnEndedContextStartsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "coord")
	if _, err := natsd.Start(ctx, natsd.Config{StoreDir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("made the store")
	}
}

func TestCloseEndsClientsAndFreesThePort(t *testing.T) {
	dir := t.TempDir()
	s := start(t, natsd.Config{StoreDir: dir})
	js := connect(t, s.URL(), nats.NoReconnect())
	if _, err := bucket(t, js).PutString(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	closed := js.Conn().StatusChanged(nats.CLOSED)
	stop(t, s)
	stop(t, s)
	select {
	case <-closed:
	case <-time.After(5 * time.Second):
		t.Error("the client is still connected")
	}
	if err := s.Wait(t.Context()); err != nil {
		t.Errorf("wait: %v", err)
	}
	again := start(t, natsd.Config{StoreDir: dir, Port: s.Port()})
	if again.URL() != s.URL() {
		t.Errorf("moved from %s to %s", s.URL(), again.URL())
	}
	if e, err := bucket(t, connect(t, again.URL())).Get(t.Context(), "k"); err != nil || string(e.Value()) != "v" {
		t.Errorf("after a restart: %v", err)
	}
}

func TestWaitAndCloseEndWithTheContext(t *testing.T) {
	s := start(t, natsd.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("wait: %v", err)
	}
	if err := s.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("close: %v", err)
	}
	if err := s.Wait(t.Context()); err != nil { // the shutdown goes on all the same
		t.Errorf("wait: %v", err)
	}
}

func TestLinesOfTheServerAreHandedOn(t *testing.T) {
	lines := make(chan string, 100)
	start(t, natsd.Config{Log: func(line natsd.Line) {
		select {
		case lines <- line.Level + " " + line.Text:
		default:
		}
	}})
	for {
		select {
		case line := <-lines:
			if line == "INFO Server is ready" {
				return
			}
		case <-time.After(5 * time.Second):
			t.Fatal("no such line")
		}
	}
}

func BenchmarkStartStop(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := natsd.Start(b.Context(), natsd.Config{StoreDir: dir, SyncAlways: true})
		if err != nil {
			b.Fatal(err)
		}
		stop(b, s)
	}
}
