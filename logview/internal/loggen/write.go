package loggen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write writes records to w until size bytes are reached.
func (g *Generator) Write(w io.Writer, size int64) error {
	const piece = 1 << 20
	sum := sha256.New()
	out := io.MultiWriter(w, sum)
	buf := make([]byte, 0, piece+piece/4)
	for g.manifest.Bytes < size {
		buf = buf[:0]
		for len(buf) < piece && g.manifest.Bytes < size {
			buf = g.Append(buf)
		}
		if _, err := out.Write(buf); err != nil {
			return fmt.Errorf("loggen: write: %w", err)
		}
	}
	g.manifest.Checksum = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// File makes sure that a log of that size and seed is at path, and returns its
// manifest. A file that is there already with the right length is taken as it
// is: making a gigabyte takes a while.
func File(path string, seed uint64, size int64) (Manifest, error) {
	g := New(seed)
	if info, err := os.Stat(path); err == nil {
		if err := g.Write(io.Discard, size); err != nil {
			return Manifest{}, err
		}
		if info.Size() == g.manifest.Bytes {
			return g.manifest, nil
		}
		g = New(seed)
	}
	f, err := os.Create(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("loggen: create: %w", err)
	}
	if err := g.Write(f, size); err != nil {
		_ = f.Close() // the write has failed already
		return Manifest{}, err
	}
	if err := f.Close(); err != nil {
		return Manifest{}, fmt.Errorf("loggen: close: %w", err)
	}
	return g.manifest, nil
}

// Rotated writes a log of size bytes in files of at most limit bytes, as the
// hub rotates them: the oldest part has the highest number.
func Rotated(path string, seed uint64, size, limit int64) (Manifest, error) {
	g := New(seed)
	var parts []string
	for g.manifest.Bytes < size {
		name := fmt.Sprintf("%s.part%d", path, len(parts))
		f, err := os.Create(name)
		if err != nil {
			return Manifest{}, fmt.Errorf("loggen: create: %w", err)
		}
		err = g.Write(f, min(g.manifest.Bytes+limit, size))
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return Manifest{}, fmt.Errorf("loggen: write %s: %w", filepath.Base(name), err)
		}
		parts = append(parts, name)
	}
	for i, part := range parts {
		name := path
		if n := len(parts) - 1 - i; n > 0 {
			name = fmt.Sprintf("%s.%d", path, n)
		}
		if err := os.Rename(part, name); err != nil {
			return Manifest{}, fmt.Errorf("loggen: rename: %w", err)
		}
	}
	return g.manifest, nil
}
