package natsd_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"bones-tui/hub/natsd"
)

func TestMain(m *testing.M) {
	// Importing nats-server starts a reader of /proc that runs for ever.
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent())
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
	tb.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func TestStartServesAPlainClient(t *testing.T) {
	s := start(t, natsd.Config{Name: "bones-test", SyncAlways: true, Admit: func(_, _ net.Addr) bool { return true }})
	nc, err := nats.Connect(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "b"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.PutString(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	server, streams, err := s.Sample()
	if err != nil {
		t.Fatal(err)
	}
	if server.Name != "bones-test" || server.Connections != 1 || streams.Streams != 1 || streams.Messages != 1 {
		t.Errorf("%+v %+v", server, streams)
	}
}

func TestStartFailsAtOnceWhenThePortIsTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	begun := time.Now()
	_, err = natsd.Start(t.Context(), natsd.Config{StoreDir: t.TempDir(), Port: l.Addr().(*net.TCPAddr).Port})
	if !errors.Is(err, natsd.ErrPortTaken) {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %v", took)
	}
}
