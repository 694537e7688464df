package blocks

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/natsd"
)

// written is a store that a real server has written: a stream of several blocks with headers,
// removed and purged messages, and a bucket.
func written(tb testing.TB) (dir, streams string) {
	tb.Helper()
	dir = tb.TempDir()
	srv, err := natsd.Start(tb.Context(), natsd.Config{StoreDir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	nc, err := nats.Connect("", srv.InProcess())
	if err != nil {
		tb.Fatal(err)
	}
	fill(tb, nc)
	nc.Close()
	if err := srv.Close(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return dir, filepath.Join(dir, natsd.StoreName, "$G", "streams")
}

func fill(tb testing.TB, nc *nats.Conn) {
	tb.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := js.CreateStream(tb.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}, MaxBytes: 120_000})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range 100 {
		m := nats.NewMsg("s." + strings.Repeat("x", i%7+1))
		m.Data = []byte(strings.Repeat("d", 1+i*53%4000))
		if i%3 == 0 {
			m.Header.Set("K", "v")
		}
		if _, err := js.PublishMsg(tb.Context(), m); err != nil {
			tb.Fatal(err)
		}
	}
	kv, err := js.CreateKeyValue(tb.Context(), jetstream.KeyValueConfig{Bucket: "B", History: 3})
	for range 20 {
		if err == nil {
			_, err = kv.Put(tb.Context(), "k", []byte("v"))
		}
	}
	if err == nil {
		err = kv.Delete(tb.Context(), "k")
	}
	if err == nil {
		err = s.DeleteMsg(tb.Context(), 90)
	}
	if err == nil {
		err = s.SecureDeleteMsg(tb.Context(), 91)
	}
	if err == nil {
		err = s.Purge(tb.Context(), jetstream.WithPurgeSubject("s.x"))
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func scan(tb testing.TB, dir, streams string, known Stamps, whole bool) []Damage {
	tb.Helper()
	found, err := Scan(tb.Context(), dir, streams, known, whole)
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

func TestWhatAServerHasWrittenIsSound(t *testing.T) {
	dir, streams := written(t)
	known, err := Look(dir, streams)
	if err != nil || len(known) < 3 {
		t.Fatalf("blocks %v, %v", known, err)
	}
	if found := scan(t, dir, streams, nil, true); len(found) > 0 {
		t.Errorf("damaged: %+v", found)
	}
}

// A block is damaged by a byte that changes anywhere but in its last record, and by one there
// only if it was known to be whole.
func TestOneByteIsFound(t *testing.T) {
	dir, streams := written(t)
	path := filepath.Join(streams, "KV_B", "msgs", "1.blk")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	known, err := Look(dir, streams)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReader("KV_B", 1, sound)
	if err != nil {
		t.Fatal(err)
	}
	last, unhashed := 0, map[int]bool{} // the lengths that are not part of any hash
	for i := 0; i < len(sound); {
		last = i
		lead := int(sound[i+20])
		for k := range 4 {
			unhashed[i+20+k%2] = true
			unhashed[i+headLen+lead+k] = unhashed[i+headLen+lead+k] || sound[i+3]&0x80 != 0
		}
		n, _, _ := r.record(i)
		i += n
	}
	for i := range sound {
		if i%7 != 0 && i < last || unhashed[i] {
			continue
		}
		b := append([]byte(nil), sound...)
		b[i] ^= 0x41
		d, damaged, err := check("KV_B", 1, b, 0)
		if err != nil || damaged != (i < last) || damaged && (d.At > i || d.Size != len(b) || d.Whole == 0) {
			t.Fatalf("byte %d of %d, the last record begins at %d: %+v, %t, %v", i, len(b), last, d, damaged, err)
		}
	}
	b := append([]byte(nil), sound...)
	b[len(b)-1] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for whole, n := range map[bool]int{false: 0, true: 1} {
		stale := Stamps{"KV_B/1": {Size: known["KV_B/1"].Size, Modified: 1}}
		if found := scan(t, dir, streams, stale, whole); len(found) != n {
			t.Errorf("a bad last record, known to be whole %t: %+v", whole, found)
		}
	}
	now, err := Look(dir, streams)
	if err != nil {
		t.Fatal(err)
	}
	if found := scan(t, dir, streams, now, true); len(found) > 0 {
		t.Errorf("what has not changed was read: %+v", found)
	}
}

// What a death leaves of a write that was under way is no damage; within a stream it is.
func TestATornEndIsNoDamage(t *testing.T) {
	dir, streams := written(t)
	blk, err := os.ReadFile(filepath.Join(streams, "KV_B", "msgs", "1.blk"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range blk {
		if d, damaged, err := check("KV_B", 1, blk[:n], 0); damaged || err != nil {
			t.Fatalf("cut after %d bytes: %+v, %v", n, d, err)
		}
	}
	first := filepath.Join(streams, "S", "msgs")
	all, err := filepath.Glob(filepath.Join(first, "*.blk"))
	if err != nil || len(all) < 2 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, path := range all {
		info, err := os.Stat(path)
		if err == nil {
			err = os.Truncate(path, info.Size()-3)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if found := scan(t, dir, streams, nil, false); len(found) != len(all)-1 {
		t.Errorf("of %d blocks that were cut, %d are damaged: %+v", len(all), len(found), found)
	}
}

func TestWhatIsEncryptedOrCompressedIsLeftAlone(t *testing.T) {
	if _, damaged, err := check("S", 1, append(append([]byte(nil), compressed...), "rubbish rubbish rubbish"...), 1<<30); damaged || err != nil {
		t.Error("a compressed block was looked into", err)
	}
	dir, streams := written(t)
	path := filepath.Join(streams, "KV_B")
	for name, text := range map[string]string{"meta.key": "k", "msgs/1.blk": strings.Repeat("rubbish", 99)} {
		if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found := scan(t, dir, streams, nil, true); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(nil), 0)
	f.Add([]byte("cmp\x01"), 1)
	f.Add([]byte(strings.Repeat("\x1e\x00\x00\x00", 40)), 40)
	dir, streams := written(f)
	_ = dir
	if b, err := os.ReadFile(filepath.Join(streams, "KV_B", "msgs", "1.blk")); err == nil {
		f.Add(b, len(b))
		f.Add(b[:len(b)/2], 0)
		f.Add(append(b[:len(b)/3:len(b)/3], b[len(b)/2:]...), 0)
	}
	f.Fuzz(func(t *testing.T, b []byte, sound int) {
		d, damaged, err := check("KV_B", 1, b, sound)
		if err != nil || damaged && (d.At < 0 || d.At >= len(b) || d.Behind > d.Whole || d.Size != len(b)) {
			t.Fatalf("%+v, %t, %v", d, damaged, err)
		}
	})
}
