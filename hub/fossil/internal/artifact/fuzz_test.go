package artifact_test

import (
	"bytes"
	"errors"
	"testing"

	"bones-tui/hub/fossil/internal/artifact"
)

// FuzzParse checks that Parse never panics, fails only in one way, keeps
// nothing of its input, and that what Encode writes parses to the same bytes.
func FuzzParse(f *testing.F) {
	for _, b := range realArtifacts(f) {
		f.Add(b, true)
	}
	f.Add([]byte("-----BEGIN PGP SIGNED MESSAGE-----\n\nC x\n"), false)
	f.Fuzz(func(t *testing.T, b []byte, fix bool) {
		if fix {
			b = withChecksum(b)
		}
		a, err := artifact.Parse(b)
		if err != nil {
			if !errors.Is(err, artifact.ErrNotStructural) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if a.Kind > artifact.Cluster {
			return
		}
		first := a.Encode()
		again, err := artifact.Parse(first)
		if err != nil {
			t.Fatalf("own text does not parse: %v\n%q", err, first)
		}
		if second := again.Encode(); !bytes.Equal(first, second) {
			t.Fatalf("text changes:\n%q\n%q", first, second)
		}
	})
}

// BenchmarkParse measures the check-in of a tree of 3,000 files.
func BenchmarkParse(b *testing.B) {
	text := bigCheckIn(3000).Encode()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := artifact.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReject measures Parse on file content that starts like a card.
func BenchmarkReject(b *testing.B) {
	text := bytes.Repeat([]byte("A line of text that goes on\n"), 40000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := artifact.Parse(text); err == nil {
			b.Fatal("parsed")
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	a := bigCheckIn(3000)
	b.ReportAllocs()
	for b.Loop() {
		a.Encode()
	}
}
