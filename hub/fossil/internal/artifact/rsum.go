package artifact

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
)

// ErrSize says that a reader held another number of bytes than announced.
var ErrSize = errors.New("artifact: size differs")

// RSum computes the R card of a check-in: the MD5 over name, size and content
// of every file in F order. The files must be added in that order.
type RSum struct {
	h    hash.Hash
	line []byte
}

// NewRSum returns the sum of no files.
func NewRSum() *RSum { return &RSum{h: md5.New()} }

// Add appends one file. A symlink's content is its target.
func (r *RSum) Add(name string, content []byte) {
	r.head(name, int64(len(content)))
	r.h.Write(content)
}

// AddReader appends one file of exactly size bytes, read from src. It returns
// ErrSize if src holds another number; the sum is then useless.
func (r *RSum) AddReader(name string, size int64, src io.Reader) error {
	r.head(name, size)
	n, err := io.Copy(r.h, io.LimitReader(src, size+1))
	if err != nil {
		return fmt.Errorf("artifact: sum %q: %w", name, err)
	}
	if n != size {
		return fmt.Errorf("artifact: sum %q: %w", name, ErrSize)
	}
	return nil
}

// Sum returns the 32 hex digits of the R card.
func (r *RSum) Sum() string { return hex.EncodeToString(r.h.Sum(nil)) }

func (r *RSum) head(name string, size int64) {
	r.line = append(append(r.line[:0], name...), ' ')
	r.line = append(strconv.AppendInt(r.line, size, 10), '\n')
	r.h.Write(r.line)
}
