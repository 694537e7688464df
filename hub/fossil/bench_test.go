package fossil_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/xfer"
)

// BenchmarkCreateAndSeed makes a repository and its first check-in, with every
// fsync.
func BenchmarkCreateAndSeed(b *testing.B) {
	for _, c := range []struct{ files, size int }{{10, 4000}, {3000, 12000}, {15000, 9000}} {
		files := sourceTree(c.files, c.size)
		var total int64
		for _, f := range files {
			total += int64(len(f.Content))
		}
		b.Run(fmt.Sprintf("files=%d", c.files), func(b *testing.B) {
			b.SetBytes(total)
			dir := b.TempDir()
			for i := range b.N {
				r, err := fossil.Create(context.Background(), filepath.Join(dir, fmt.Sprint(i)), fossil.CreateOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Commit(context.Background(), fossil.Commit{Comment: "seed", Files: files, Replace: true}); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(peakRSS(b))/(1<<20), "MB-peak")
		})
	}
}

// peakRSS returns the most memory that the process has had, in bytes; 0 where
// that is unknown.
func peakRSS(b *testing.B) (bytes int64) {
	b.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range splitLines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &bytes); err == nil {
			return bytes << 10
		}
	}
	return 0
}

// seeded returns a repository with a seed of 3,000 files and 36 MB.
func seeded(b *testing.B) (*fossil.Repo, []fossil.File, fossil.CheckIn) {
	b.Helper()
	r := newRepo(b)
	files := sourceTree(3000, 12000)
	return r, files, commit(b, r, fossil.Commit{Comment: "seed", Files: files, Replace: true})
}

// roundTrip sends a message and fails on an error card.
func roundTrip(b *testing.B, r *fossil.Repo, w *xfer.Writer) []xfer.Card {
	b.Helper()
	reply, err := r.HandleSync(context.Background(), xfer.Encode(w.Bytes(), xfer.Compressed), fossil.Peer{})
	if err != nil {
		b.Fatal(err)
	}
	cards := replyCards(b, reply)
	for _, c := range cards {
		if e, ok := c.(xfer.Error); ok {
			b.Fatal(e.Text)
		}
	}
	return cards
}

func BenchmarkEmptyPull(b *testing.B) {
	r, _, _ := seeded(b)
	for b.Loop() {
		var w xfer.Writer
		w.Pragma("client-version", "22100", "20230226", "192424")
		w.Pull(r.ProjectCode(), r.ProjectCode())
		roundTrip(b, r, &w)
	}
}

func BenchmarkStats(b *testing.B) {
	r, _, _ := seeded(b)
	for b.Loop() {
		if _, err := r.Stats(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOneFilePush pushes a check-in that changes one file of 3,000, as
// fossil does: the file and the manifest as deltas.
func BenchmarkOneFilePush(b *testing.B) {
	r, files, tip := seeded(b)
	content := files[0].Content
	manifest := parentManifest(b, r, tip.UUID)
	uuid := tip.UUID
	i := 0
	for b.Loop() {
		b.StopTimer()
		i++
		next := append(content[:len(content):len(content)], fmt.Sprintf("change %d\n", i)...)
		m := childManifest(b, manifest, uuid, files[0].Name, blob.SHA1(next), time.Now())
		var w xfer.Writer
		w.Pull(r.ProjectCode(), r.ProjectCode())
		w.Push(r.ProjectCode(), r.ProjectCode())
		w.File(xfer.File{UUID: blob.SHA1(next), Source: blob.SHA1(content), Content: delta.Create(content, next)})
		w.File(xfer.File{UUID: blob.SHA1(m), Source: uuid, Content: delta.Create(manifest, m)})
		b.StartTimer()
		roundTrip(b, r, &w)
		content, manifest, uuid = next, m, blob.SHA1(m)
	}
}

func BenchmarkClone(b *testing.B) {
	r, _, _ := seeded(b)
	for b.Loop() {
		var rounds int
		for next := int64(1); next != 0; rounds++ {
			var w xfer.Writer
			w.Clone(3, next)
			for _, c := range roundTrip(b, r, &w) {
				if s, ok := c.(xfer.CloneSeqNo); ok {
					next = s.SeqNo
				}
			}
		}
		b.ReportMetric(float64(rounds), "rounds")
	}
}
