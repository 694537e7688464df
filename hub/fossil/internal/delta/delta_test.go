package delta_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bones-tui/hub/fossil/internal/delta"

	"pgregory.net/rapid"
)

const limit = 1 << 20

func TestGoldenVectors(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ name, src, dst, want string }{
		{
			"copy", "The quick brown fox jumps over the lazy dog. The quick brown fox.\n",
			"The quick brown fox jumps over the lazy cat! The quick brown fox.\n", "12\nd@0,5:cat! J@0,2:.\n3SFlTI;",
		},
		{"short source is a literal", "abc", "abd", "3\n3:abd1XObG0;"},
		{"empty target", "anything", "", "0\n0;"},
	} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			if got := delta.Create([]byte(v.src), []byte(v.dst)); string(got) != v.want {
				t.Errorf("Create = %q, want %q", got, v.want)
			}
			got, err := delta.Apply([]byte(v.src), []byte(v.want), limit)
			if err != nil || string(got) != v.dst {
				t.Errorf("Apply = %q, %v, want %q", got, err, v.dst)
			}
		})
	}
}

func TestTargetSizeReadsBase64(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1Xb\n": 6246, "0\n": 0, "2zMM3E\n": 3193528526, "3~~~~~\n": 1<<32 - 1} {
		if got, err := delta.TargetSize([]byte(text)); err != nil || got != want {
			t.Errorf("%q = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "\n", "1", "1 \n", "-1\n", "4000000\n", "~~~~~~~~~~~~~\n"} {
		if got, err := delta.TargetSize([]byte(text)); !errors.Is(err, delta.ErrFormat) {
			t.Errorf("%q = %d, %v, want ErrFormat", text, got, err)
		}
	}
}

func TestBadDeltasAreRefused(t *testing.T) {
	t.Parallel()
	src := []byte("0123456789abcdef0123456789abcdef")
	for name, d := range map[string]string{
		"empty":                      "",
		"only a size":                "3\n",
		"no end":                     "3\n3:abd",
		"literal cut off":            "3\n3:ab",
		"literal longer than target": "3\n4:abde1XObG0;",
		"output shorter than target": "4\n3:abd1XObG0;",
		"bad checksum":               "3\n3:abd1XObG1;",
		"text after the end":         "3\n3:abd1XObG0;x",
		"unknown command":            "3\n3!abd1XObG0;",
		"missing count":              "3\n:abd1XObG0;",
		"copy beyond the source":     "3\n3@U,0;",
		"copy from beyond the end":   "3\n3@zzzzz,0;",
		"copy without comma":         "3\n3@0;0;",
		"huge copy":                  "3\n3~~~~~@0,0;",
		"number overflows":           "3\n~~~~~~@0,0;",
	} {
		if got, err := delta.Apply(src, []byte(d), limit); !errors.Is(err, delta.ErrFormat) {
			t.Errorf("%s: %q, %v, want ErrFormat", name, got, err)
		}
	}
}

func TestTargetBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	d := delta.Create(nil, make([]byte, 101))
	if _, err := delta.Apply(nil, d, 100); !errors.Is(err, delta.ErrTooLarge) {
		t.Errorf("error = %v, want ErrTooLarge", err)
	}
	if _, err := delta.Apply(nil, d, 101); err != nil {
		t.Error(err)
	}
}

func TestRealDeltasApply(t *testing.T) {
	t.Parallel()
	for src, d := range realDeltas(t) {
		size, err := delta.TargetSize([]byte(d))
		if err != nil {
			t.Fatal(err)
		}
		got, err := delta.Apply([]byte(src), []byte(d), limit)
		if err != nil || int64(len(got)) != size {
			t.Errorf("%d bytes, %v, want %d bytes", len(got), err, size)
		}
	}
}

func TestEveryEditRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src, dst := edited(t)
		d := delta.Create(src, dst)
		got, err := delta.Apply(src, d, limit)
		if err != nil || !bytes.Equal(got, dst) {
			t.Fatalf("%v\nsource %q\ntarget %q\ndelta %q\ngot %q", err, src, dst, d, got)
		}
	})
}

// edited draws a source and a target made of parts of it and new text.
func edited(t *rapid.T) (src, dst []byte) {
	letters := rapid.SampledFrom([]byte("ab\n0"))
	src = rapid.SliceOfN(letters, 0, 400).Draw(t, "source")
	for range rapid.IntRange(0, 6).Draw(t, "parts") {
		if len(src) == 0 || rapid.Bool().Draw(t, "new") {
			dst = append(dst, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "text")...)
			continue
		}
		from := rapid.IntRange(0, len(src)-1).Draw(t, "from")
		dst = append(dst, src[from:rapid.IntRange(from, len(src)).Draw(t, "to")]...)
	}
	return src, dst
}

func TestFossilWritesTheSameDelta(t *testing.T) {
	t.Parallel()
	peer, err := exec.LookPath("fossil")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the fossil command is not installed")
		}
		t.Skip("the fossil command is not installed: agreement with it is NOT tested")
	}
	dir := t.TempDir()
	run := func(args ...string) {
		cmd := exec.Command(peer, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("fossil %s: %v\n%s", args, err, out)
		}
	}
	for seed := range uint64(20) {
		src, dst := randomEdit(rand.New(rand.NewPCG(seed, 0)))
		ours := delta.Create(src, dst)
		for name, b := range map[string][]byte{"src": src, "dst": dst, "ours": ours} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		run("test-delta-create", "src", "dst", "theirs")
		theirs, err := os.ReadFile(filepath.Join(dir, "theirs"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("seed %d: %d bytes, Fossil makes %d", seed, len(ours), len(theirs))
		}
		run("test-delta-apply", "src", "ours", "result")
		if got, _ := os.ReadFile(filepath.Join(dir, "result")); !bytes.Equal(got, dst) {
			t.Errorf("seed %d: Fossil makes another target of our delta", seed)
		}
	}
}

// randomEdit returns a text and a version of it with moved, deleted and new
// lines.
func randomEdit(rng *rand.Rand) (src, dst []byte) {
	var lines []string
	for range 20 + rng.IntN(400) {
		lines = append(lines, fmt.Sprintf("line %d of the text%s", rng.IntN(200), strings.Repeat("-", rng.IntN(20))))
	}
	src = []byte(strings.Join(lines, "\n"))
	for range 1 + rng.IntN(10) {
		i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
		lines[i], lines[j] = lines[j], fmt.Sprintf("new %d", rng.Uint64())
	}
	return src, []byte(strings.Join(lines, "\n"))
}

// realDeltas returns deltas that Fossil wrote, by their source.
func realDeltas(tb testing.TB) map[string]string {
	tb.Helper()
	names, err := filepath.Glob("testdata/*.delta")
	if err != nil || len(names) == 0 {
		tb.Fatalf("no real deltas: %v", err)
	}
	all := map[string]string{}
	for _, name := range names {
		d, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		src, err := os.ReadFile(strings.TrimSuffix(name, ".delta") + ".source")
		if err != nil {
			tb.Fatal(err)
		}
		all[string(src)] = string(d)
	}
	return all
}

// FuzzApply checks that decoding never panics, keeps to the limit and to the
// promised size, and that the target can be made again by a delta of ours.
func FuzzApply(f *testing.F) {
	for src, d := range realDeltas(f) {
		f.Add([]byte(src), []byte(d))
	}
	f.Add([]byte("abc"), []byte("3\n3:abd1XObG0;"))
	f.Add([]byte("0123456789abcdef"), []byte("F\nF@0,0;"))
	f.Fuzz(func(t *testing.T, src, d []byte) {
		got, err := delta.Apply(src, d, 1<<16)
		if err != nil {
			if !errors.Is(err, delta.ErrFormat) && !errors.Is(err, delta.ErrTooLarge) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if size, err := delta.TargetSize(d); err != nil || size != int64(len(got)) || size > 1<<16 {
			t.Fatalf("%d bytes, promised %d, %v", len(got), size, err)
		}
		again, err := delta.Apply(src, delta.Create(src, got), 1<<16)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("own delta: %v", err)
		}
	})
}

// BenchmarkCreate measures a one-line change in 100 kB.
func BenchmarkCreate(b *testing.B) {
	src := bytes.Repeat([]byte("0123456789 some line of text, then a number\n"), 2300)
	for i := range src {
		if src[i] == ',' {
			src[i] = byte('A' + i/44%26)
		}
	}
	dst := bytes.Replace(bytes.Clone(src), []byte("some line"), []byte("another line"), 1)
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		delta.Create(src, dst)
	}
}
