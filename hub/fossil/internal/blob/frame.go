package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// ErrFraming is matched by every error about bytes that are not one length
// header and one complete zlib stream of that length.
var ErrFraming = errors.New("blob: bad framing")

// ErrTooLarge is matched by *SizeError.
var ErrTooLarge = errors.New("blob: content too large")

// SizeError says that content is larger than the caller allows.
type SizeError struct {
	Size  int64 // declared or reached size in bytes
	Limit int64 // what the caller allowed
}

// Error implements error.
func (e *SizeError) Error() string {
	return fmt.Sprintf("blob: content of %d bytes exceeds the limit of %d", e.Size, e.Limit)
}

// Is reports true for ErrTooLarge.
func (e *SizeError) Is(target error) bool { return target == ErrTooLarge }

const (
	headerLen = 4
	// maxRatio is the best compression a deflate stream can reach (258 bytes
	// from two bits). A header that promises more is lying.
	maxRatio = 1032
	// level makes streams 7 to 13 % smaller than the fastest one in half as much
	// time again; every clone gains from it. The next ones gain hardly more.
	level = 5
)

// emptyStream is the zlib stream Fossil itself stores for the empty artifact.
const emptyStream = "\x78\x9c\x03\x00\x00\x00\x00\x01"

var (
	writers = sync.Pool{New: func() any {
		w, _ := zlib.NewWriterLevel(io.Discard, level)
		return w
	}}
	readers sync.Pool
)

// Compress appends the framed form of plain to dst and returns the result.
// It panics if plain is 4 GiB or longer, which the header cannot express.
func Compress(dst, plain []byte) []byte {
	if int64(len(plain)) > math.MaxUint32 {
		panic("blob: content of 4 GiB or more cannot be framed")
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(plain)))
	if len(plain) == 0 {
		return append(dst, emptyStream...)
	}
	out := sliceWriter{dst}
	w := writers.Get().(*zlib.Writer)
	w.Reset(&out)
	_, err := w.Write(plain)
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	writers.Put(w)
	if err != nil { // sliceWriter never fails
		panic(fmt.Sprintf("blob: compress: %v", err))
	}
	return out.b
}

// sliceWriter collects writes in a slice.
type sliceWriter struct{ b []byte }

func (w *sliceWriter) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}

// Size returns the plain length that the header of framed declares, without
// looking at the stream.
func Size(framed []byte) (int64, error) {
	if len(framed) < headerLen {
		return 0, fmt.Errorf("%w: %d bytes, want a 4-byte length", ErrFraming, len(framed))
	}
	return int64(binary.BigEndian.Uint32(framed)), nil
}

// Decompress returns the plain bytes of framed. It allocates nothing before it
// knows that the declared length is within limit and reachable by a stream of
// that size. Errors match ErrTooLarge or ErrFraming.
func Decompress(framed []byte, limit int64) ([]byte, error) {
	size, err := Size(framed)
	if err != nil {
		return nil, err
	}
	stream := framed[headerLen:]
	if !isZlib(stream) {
		return nil, fmt.Errorf("%w: no zlib stream after the length", ErrFraming)
	}
	if size > limit {
		return nil, &SizeError{Size: size, Limit: limit}
	}
	if size > int64(len(stream))*maxRatio {
		return nil, fmt.Errorf("%w: %d bytes cannot hold the declared %d", ErrFraming, len(stream), size)
	}
	return inflate(stream, size)
}

// DecompressAny is Decompress that also accepts a bare zlib stream without the
// length header, as some clients send.
func DecompressAny(b []byte, limit int64) ([]byte, error) {
	plain, err := Decompress(b, limit)
	if err == nil || !isZlib(b) {
		return plain, err
	}
	raw, rawErr := inflateUnsized(b, limit)
	if rawErr != nil && errors.Is(err, ErrTooLarge) {
		return nil, err
	}
	return raw, rawErr
}

// isZlib reports whether b starts with a valid zlib header (RFC 1950).
func isZlib(b []byte) bool {
	return len(b) >= 2 && b[0]&0x0f == 8 && b[0]>>4 <= 7 && b[1]&0x20 == 0 &&
		binary.BigEndian.Uint16(b)%31 == 0
}

// inflate expands a stream that must hold exactly size bytes.
func inflate(stream []byte, size int64) ([]byte, error) {
	src := bytes.NewReader(stream)
	zr, err := acquire(src)
	if err != nil {
		return nil, err
	}
	defer readers.Put(zr)
	plain := make([]byte, size)
	if _, err := io.ReadFull(zr, plain); err != nil {
		return nil, fmt.Errorf("%w: stream shorter than %d bytes: %w", ErrFraming, size, err)
	}
	return plain, finish(zr, src)
}

// finish checks that the stream ends here with a right checksum and that
// nothing follows it.
func finish(zr io.Reader, src *bytes.Reader) error {
	var one [1]byte
	switch n, err := zr.Read(one[:]); {
	case n > 0:
		return fmt.Errorf("%w: stream longer than declared", ErrFraming)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("%w: end of stream: %w", ErrFraming, err)
	case src.Len() > 0:
		return fmt.Errorf("%w: %d bytes after the stream", ErrFraming, src.Len())
	}
	return nil
}

// inflateUnsized expands a stream of unknown length, at most limit bytes. It
// measures first, so that a bomb costs no memory.
func inflateUnsized(stream []byte, limit int64) ([]byte, error) {
	zr, err := acquire(bytes.NewReader(stream))
	if err != nil {
		return nil, err
	}
	size, err := io.Copy(io.Discard, io.LimitReader(zr, limit+1))
	readers.Put(zr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFraming, err)
	}
	if size > limit {
		return nil, &SizeError{Size: size, Limit: limit}
	}
	return inflate(stream, size)
}

// acquire returns a pooled zlib reader positioned at the start of src.
func acquire(src io.Reader) (io.Reader, error) {
	if zr, ok := readers.Get().(io.Reader); ok {
		if err := zr.(zlib.Resetter).Reset(src, nil); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFraming, err)
		}
		return zr, nil
	}
	zr, err := zlib.NewReader(src)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFraming, err)
	}
	return zr, nil
}
