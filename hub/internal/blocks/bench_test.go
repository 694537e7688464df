package blocks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkScan reads a full block of a stream, as a start does after a death.
func BenchmarkScan(b *testing.B) {
	dir, streams := written(b)
	path := filepath.Join(streams, "S", "msgs")
	blk, err := os.ReadFile(filepath.Join(path, "2.blk"))
	if err != nil {
		b.Fatal(err)
	}
	full := strings.Repeat(string(blk), 1+(8<<20)/len(blk))
	if err := os.WriteFile(filepath.Join(path, "2.blk"), []byte(full), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(full)))
	for b.Loop() {
		if found, err := Scan(b.Context(), dir, streams, nil, false); err != nil || len(found) > 0 {
			b.Fatal(found, err)
		}
	}
}
