// Package delta reads and writes the Fossil delta format: a text of copy and
// insert commands that turns one artifact into another
// (https://fossil-scm.org/home/doc/trunk/www/delta_format.wiki).
package delta

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrFormat is matched by every error about a malformed delta.
var ErrFormat = errors.New("delta: bad format")

// ErrTooLarge says that the target would exceed the caller's limit.
var ErrTooLarge = errors.New("delta: target too large")

// TargetSize returns the length in bytes of the artifact that d produces.
func TargetSize(d []byte) (int64, error) {
	p := parser{d}
	return p.size()
}

// Apply returns the target that d makes of src. It allocates the target only
// after its declared size is known to be within limit and not longer than the
// commands in d can produce.
func Apply(src, d []byte, limit int64) ([]byte, error) {
	p := parser{d}
	size, err := p.size()
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, fmt.Errorf("%w: %d bytes, limit %d", ErrTooLarge, size, limit)
	}
	if total, err := measure(p, int64(len(src))); err != nil {
		return nil, err
	} else if total != size {
		return nil, fmt.Errorf("%w: commands make %d bytes, header says %d", ErrFormat, total, size)
	}
	out := make([]byte, 0, size)
	for {
		c, err := p.next()
		if err != nil {
			return nil, err
		}
		switch c.op {
		case opCopy:
			out = append(out, src[c.offset:c.offset+c.count]...)
		case opInsert:
			out = append(out, c.text...)
		case opEnd:
			if sum := Checksum(out); int64(sum) != c.count {
				return nil, fmt.Errorf("%w: checksum %d, want %d", ErrFormat, sum, c.count)
			}
			return out, nil
		}
	}
}

// measure returns the length that the commands left in p produce, and checks
// every copy against the length of the source.
func measure(p parser, srcLen int64) (int64, error) {
	var total int64
	for {
		c, err := p.next()
		if err != nil {
			return 0, err
		}
		switch c.op {
		case opCopy:
			if c.offset > srcLen || c.count > srcLen-c.offset {
				return 0, fmt.Errorf("%w: copy beyond the source", ErrFormat)
			}
			total += c.count
		case opInsert:
			total += c.count
		case opEnd:
			return total, nil
		}
		if total > math.MaxUint32 {
			return 0, fmt.Errorf("%w: target overflows", ErrFormat)
		}
	}
}

// Checksum returns the sum modulo 2^32 of b read as big-endian 32-bit words,
// the last one padded with zero bytes.
func Checksum(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var tail [4]byte
	copy(tail[:], b)
	return sum + binary.BigEndian.Uint32(tail[:])
}

type op uint8

const (
	opCopy op = iota
	opInsert
	opEnd
)

// command is one decoded segment; count holds the checksum of opEnd.
type command struct {
	op            op
	count, offset int64
	text          []byte
}

// parser walks the text of a delta.
type parser struct{ rest []byte }

// size reads the header line.
func (p *parser) size() (int64, error) {
	n, err := p.number()
	if err != nil {
		return 0, err
	}
	return n, p.expect('\n')
}

// next reads one command.
func (p *parser) next() (command, error) {
	n, err := p.number()
	if err != nil {
		return command{}, err
	}
	if len(p.rest) == 0 {
		return command{}, fmt.Errorf("%w: truncated", ErrFormat)
	}
	kind := p.rest[0]
	p.rest = p.rest[1:]
	switch kind {
	case '@':
		offset, err := p.number()
		if err != nil {
			return command{}, err
		}
		return command{op: opCopy, count: n, offset: offset}, p.expect(',')
	case ':':
		if n > int64(len(p.rest)) {
			return command{}, fmt.Errorf("%w: literal of %d bytes, %d left", ErrFormat, n, len(p.rest))
		}
		text := p.rest[:n]
		p.rest = p.rest[n:]
		return command{op: opInsert, count: n, text: text}, nil
	case ';':
		if len(p.rest) > 0 {
			return command{}, fmt.Errorf("%w: %d bytes after the end", ErrFormat, len(p.rest))
		}
		return command{op: opEnd, count: n}, nil
	default:
		return command{}, fmt.Errorf("%w: unknown command %q", ErrFormat, kind)
	}
}

func (p *parser) expect(c byte) error {
	if len(p.rest) == 0 || p.rest[0] != c {
		return fmt.Errorf("%w: expected %q", ErrFormat, c)
	}
	p.rest = p.rest[1:]
	return nil
}

// number reads a base-64 number of at most 32 bits.
func (p *parser) number() (int64, error) {
	var n int64
	i := 0
	for ; i < len(p.rest); i++ {
		d := digitValue(p.rest[i])
		if d < 0 {
			break
		}
		if n = n<<6 | int64(d); n > math.MaxUint32 {
			return 0, fmt.Errorf("%w: number overflows", ErrFormat)
		}
	}
	if i == 0 {
		return 0, fmt.Errorf("%w: expected a number", ErrFormat)
	}
	p.rest = p.rest[i:]
	return n, nil
}
