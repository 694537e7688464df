package blob_test

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"bones-tui/hub/fossil/internal/blob"
)

func TestGoldenNames(t *testing.T) {
	t.Parallel()
	if got := blob.SHA1(nil); got != "da39a3ee5e6b4b0d3255bfef95601890afd80709" {
		t.Errorf("SHA1 of nothing = %s", got)
	}
	if got := blob.SHA3(nil); got != "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a" {
		t.Errorf("SHA3 of nothing = %s", got)
	}
}

func TestVerifyPicksTheHashByLength(t *testing.T) {
	t.Parallel()
	b := []byte("content")
	for _, c := range []struct {
		uuid string
		want bool
	}{
		{blob.SHA1(b), true},
		{blob.SHA3(b), true},
		{strings.ToUpper(blob.SHA1(b)), false},
		{blob.SHA1(nil), false},
		{blob.SHA3(nil), false},
		{"", false},
		{blob.SHA1(b)[:39], false},
	} {
		if got := blob.Verify(c.uuid, b); got != c.want {
			t.Errorf("Verify(%q) = %v", c.uuid, got)
		}
	}
}

func TestValidUUID(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		strings.Repeat("0", 40): true, strings.Repeat("f", 64): true, strings.Repeat("A", 40): false, strings.Repeat("g", 40): false,
		strings.Repeat("0", 41): false, strings.Repeat("0", 63): false, "": false,
	} {
		if got := blob.ValidUUID(s); got != want {
			t.Errorf("ValidUUID(%q) = %v", s, got)
		}
	}
}

func TestEmptyContentIsFramedAsFossilDoes(t *testing.T) {
	t.Parallel()
	if got := hex.EncodeToString(blob.Compress(nil, nil)); got != "00000000"+"789c030000000001" {
		t.Errorf("Compress of nothing = %s", got)
	}
}

func TestCompressRoundTrips(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	for _, plain := range [][]byte{nil, {0}, []byte("hello"), bytes.Repeat([]byte("abc"), 100_000), noise} {
		framed := blob.Compress([]byte("prefix"), plain)
		if !bytes.HasPrefix(framed, []byte("prefix")) {
			t.Fatal("Compress does not append")
		}
		framed = framed[len("prefix"):]
		if n, err := blob.Size(framed); err != nil || n != int64(len(plain)) {
			t.Errorf("Size = %d, %v, want %d", n, err, len(plain))
		}
		for name, decompress := range map[string]func([]byte, int64) ([]byte, error){"Decompress": blob.Decompress, "DecompressAny": blob.DecompressAny} {
			got, err := decompress(framed, int64(len(plain)))
			if err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s of %d bytes: %d bytes, %v", name, len(plain), len(got), err)
			}
		}
		got, err := blob.DecompressAny(framed[4:], int64(len(plain)))
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("bare stream of %d bytes: %d bytes, %v", len(plain), len(got), err)
		}
	}
}

func TestBadFramingIsRefused(t *testing.T) {
	t.Parallel()
	good := blob.Compress(nil, []byte(strings.Repeat("some text ", 100)))
	change := func(i int, to byte) []byte {
		b := bytes.Clone(good)
		b[i] = to
		return b
	}
	for name, b := range map[string][]byte{
		"nothing":             nil,
		"half a length":       {0, 0},
		"only a length":       {0, 0, 0, 5},
		"plain text":          []byte("pull a b\n"),
		"length too small":    change(2, 0),
		"length too big":      change(2, 9),
		"length beyond ratio": change(1, 1),
		"cut off":             good[:len(good)-5],
		"without checksum":    good[:len(good)-4],
		"bad checksum":        change(len(good)-1, good[len(good)-1]^1),
		"bytes after the end": append(bytes.Clone(good), 0),
	} {
		if got, err := blob.Decompress(b, 1<<30); !errors.Is(err, blob.ErrFraming) {
			t.Errorf("%s: %d bytes, %v, want ErrFraming", name, len(got), err)
		}
	}
}

func TestLyingLengthsAllocateNothing(t *testing.T) {
	lie := append([]byte{0x3f, 0xff, 0xff, 0xff}, blob.Compress(nil, []byte("small"))[4:]...)
	bomb := bombOf(64 << 20)
	for name, c := range map[string]struct {
		b     []byte
		limit int64
		want  error
	}{
		"promise beyond what the stream can hold": {lie, 1 << 31, blob.ErrFraming},
		"promise beyond the limit":                {lie, 1 << 20, blob.ErrTooLarge},
		"bare bomb":                               {bomb, 1 << 20, blob.ErrTooLarge},
		"bomb with a small length":                {append([]byte{0, 0, 1, 0}, bomb...), 1 << 20, blob.ErrFraming},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := blob.DecompressAny(c.b, c.limit)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes allocated", name, n)
		}
	}
}

func TestSizeErrorTellsBothNumbers(t *testing.T) {
	t.Parallel()
	_, err := blob.Decompress(blob.Compress(nil, make([]byte, 100)), 99)
	var size *blob.SizeError
	if !errors.As(err, &size) || size.Size != 100 || size.Limit != 99 {
		t.Errorf("error = %v", err)
	}
}

// bombOf returns a bare zlib stream of n zero bytes.
func bombOf(n int) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestCompression)
	zeros := make([]byte, 1<<20)
	for ; n > 0; n -= len(zeros) {
		w.Write(zeros)
	}
	w.Close()
	return b.Bytes()
}

// FuzzDecompress checks that decoding never panics, never exceeds the limit,
// and that what it accepts can be framed again.
func FuzzDecompress(f *testing.F) {
	f.Add(blob.Compress(nil, nil), int64(10))
	f.Add(blob.Compress(nil, []byte("hello hello hello")), int64(100))
	f.Add(blob.Compress(nil, []byte("hello"))[4:], int64(4))
	f.Add(append([]byte{0, 1, 0, 0}, bombOf(1<<20)...), int64(1<<16))
	for _, b := range storedBlobs(f) {
		f.Add(b, int64(1<<16))
	}
	f.Fuzz(func(t *testing.T, b []byte, limit int64) {
		limit &= 1<<20 - 1
		plain, err := blob.DecompressAny(b, limit)
		if err != nil {
			if !errors.Is(err, blob.ErrFraming) && !errors.Is(err, blob.ErrTooLarge) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if int64(len(plain)) > limit {
			t.Fatalf("%d bytes, limit %d", len(plain), limit)
		}
		again, err := blob.Decompress(blob.Compress(nil, plain), limit)
		if err != nil || !bytes.Equal(again, plain) {
			t.Fatalf("framed again: %v", err)
		}
	})
}

func BenchmarkCompress(b *testing.B) {
	plain := sourceText(12 << 10)
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	dst := make([]byte, 0, len(plain))
	for b.Loop() {
		dst = blob.Compress(dst[:0], plain)
	}
	b.ReportMetric(float64(len(dst))/float64(len(plain)), "ratio")
}

func BenchmarkDecompress(b *testing.B) {
	plain := sourceText(12 << 10)
	framed := blob.Compress(nil, plain)
	b.SetBytes(int64(len(plain)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := blob.Decompress(framed, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}

// sourceText returns n bytes that compress about like program text.
func sourceText(n int) []byte {
	words := strings.Fields("func return if err != nil { } for range := string int error package import the a of to and is in that it")
	rng := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[rng.IntN(len(words))])
		b.WriteByte(" \n\t"[rng.IntN(3)])
		if rng.IntN(4) == 0 {
			b.WriteString(hex.EncodeToString([]byte{byte(rng.Uint32()), byte(rng.Uint32())}))
		}
	}
	return b.Bytes()[:n]
}

// storedBlobs returns contents of a blob table that Fossil wrote.
func storedBlobs(tb testing.TB) [][]byte {
	tb.Helper()
	files, err := filepath.Glob("testdata/stored/*")
	if err != nil || len(files) == 0 {
		tb.Fatalf("no stored blobs: %v", err)
	}
	all := make([][]byte, 0, len(files))
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

func TestStoredBlobsDecompress(t *testing.T) {
	t.Parallel()
	for _, b := range storedBlobs(t) {
		if _, err := blob.Decompress(b, 1<<16); err != nil {
			t.Errorf("%x: %v", b[:8], err)
		}
	}
}
