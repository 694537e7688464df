package natsd_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bones-tui/hub/natsd"
)

func TestSampleCountsWhatHappens(t *testing.T) {
	s := start(t, natsd.Config{Name: "bones-test", SyncAlways: true})
	before, _, err := s.Sample()
	if err != nil {
		t.Fatal(err)
	}
	kv := bucket(t, connect(t, s.URL()))
	for range 3 {
		if _, err := kv.PutString(t.Context(), "k", "value"); err != nil {
			t.Fatal(err)
		}
	}
	got, streams, err := s.Sample()
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "bones-test" || got.ID == "" || got.Version == "" || got.Uptime < before.Uptime || got.Mem == 0 {
		t.Errorf("%+v", got)
	}
	if got.Connections != 1 || got.TotalConnections != before.TotalConnections+1 || got.Subscriptions == 0 ||
		got.InMsgs < before.InMsgs+4 || got.OutMsgs < before.OutMsgs+4 || got.InBytes <= before.InBytes {
		t.Errorf("from %+v\nto %+v", before, got)
	}
	all, err := s.Streams()
	if want := (natsd.Stream{Name: "KV_b", Last: 3, Messages: 3}); err != nil || len(all) != 1 || all[0] != want {
		t.Errorf("%+v, %v", all, err)
	}
	if streams.Streams != 1 || streams.Messages != 3 || streams.StoreBytes == 0 || streams.APITotal == 0 ||
		streams.StoreLimit < 64<<20 || streams.StoreLimit > 2<<30 {
		t.Errorf("%+v", streams)
	}
}

func TestSampleOfAStoppedServerIsAnError(t *testing.T) {
	s := start(t, natsd.Config{})
	stop(t, s)
	if got, _, err := s.Sample(); !errors.Is(err, natsd.ErrNotRunning) || got != (natsd.ServerStats{}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.Streams(); !errors.Is(err, natsd.ErrNotRunning) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSampleReportsAStreamThatWasNotRecovered(t *testing.T) {
	dir := t.TempDir()
	s := start(t, natsd.Config{StoreDir: dir})
	bucket(t, connect(t, s.URL()))
	stop(t, s)
	meta := filepath.Join(dir, "jetstream", "$G", "streams", "KV_b", "meta.inf")
	if err := os.Truncate(meta, 0); err != nil {
		t.Fatal(err)
	}
	s = start(t, natsd.Config{StoreDir: dir})
	if got, _, err := s.Sample(); !errors.Is(err, natsd.ErrUnhealthy) || got.ID == "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func BenchmarkSample(b *testing.B) {
	s := start(b, natsd.Config{})
	bucket(b, connect(b, s.URL()))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Sample(); err != nil {
			b.Fatal(err)
		}
	}
}
