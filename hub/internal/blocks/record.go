// Package blocks reads JetStream's message blocks as they lie on the disk, before a server
// opens them: a server that has to read a block anew cuts it at the first record that does
// not fit its checksum, with everything behind it.
//
// The format is that of nats-server, server/filestore.go (v2.15): writeMsgRecordLocked writes
// a record, rebuildStateFromBufLocked reads and cuts.
//
//	length(4) sequence(8) time(8) subject length(2) subject [header length(4) header] message hash(8)
//
// All numbers are little endian. The highest bit of the length says that there is a header.
// The hash is HighwayHash-64 of everything between the length and itself but the two lengths,
// with the SHA-256 of "<stream>-<block>" as key. A record that was removed or marks a removal
// has a bit in its sequence and is otherwise the same. Blocks that are compressed or encrypted
// are not looked into.
package blocks

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"

	"github.com/minio/highwayhash"
)

// The format's numbers.
const (
	headLen   = 22
	hashLen   = 8
	maxRecord = 32 << 20
	headerBit = 1 << 31
	erasedBit = 1 << 63
	tombBit   = 1 << 62
)

// compressed begins a block that is compressed: its mark, and the one algorithm there is.
var compressed = []byte{'c', 'm', 'p', 1}

// reader reads the records of one block.
type reader struct {
	buf  []byte
	hash hash.Hash
	left int // bytes that may still be hashed
}

func newReader(stream string, block uint32, buf []byte) (*reader, error) {
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", stream, block))
	h, err := highwayhash.New64(key[:])
	if err != nil {
		return nil, fmt.Errorf("blocks: make hash: %w", err)
	}
	// Behind a bad record each byte may look like the beginning of another one.
	return &reader{buf: buf, hash: h, left: 8*len(buf) + 1}, nil
}

// record returns the length of the record at i, and whether it holds a message; ok is false
// if none is there that fits its hash.
func (r *reader) record(i int) (length int, message, ok bool) {
	if i+headLen+hashLen > len(r.buf) {
		return 0, false, false
	}
	head := r.buf[i : i+headLen]
	size := binary.LittleEndian.Uint32(head)
	lead := int(binary.LittleEndian.Uint16(head[20:]))
	rest := lead
	if size&headerBit != 0 {
		rest += 4
	}
	n := int(size &^ headerBit)
	if n > maxRecord || n < headLen+rest+hashLen || n > len(r.buf)-i || n > r.left {
		return 0, false, false
	}
	r.left -= n
	body := r.buf[i+headLen : i+n-hashLen]
	r.hash.Reset()
	_, _ = r.hash.Write(head[4:20]) // a hash takes everything
	_, _ = r.hash.Write(body[:lead])
	_, _ = r.hash.Write(body[rest:])
	var sum [hashLen]byte
	ok = bytes.Equal(r.hash.Sum(sum[:0]), r.buf[i+n-hashLen:i+n])
	seq := binary.LittleEndian.Uint64(head[4:])
	return n, ok && seq != 0 && seq&(erasedBit|tombBit) == 0, ok
}

// run reads from i on and returns where the first record begins that is bad, or the end, and
// how many records and messages there are before.
func (r *reader) run(i int) (end, records, messages int) {
	for i < len(r.buf) {
		n, message, ok := r.record(i)
		if !ok {
			break
		}
		i += n
		records++
		if message {
			messages++
		}
	}
	return i, records, messages
}

// Damage is a block that a server would cut.
type Damage struct {
	Stream string
	Block  uint32
	At     int    // where the first record begins that cannot be read, in bytes
	Size   int    // of the block
	Whole  int    // records behind it that can be read
	Behind int    // messages among them
	Mark   string // of the bytes there: the same damage seen again has the same
}

// markLen is how many bytes a mark is of: those of a record, which nothing that follows changes.
const markLen = headLen + hashLen

func markOf(b []byte) string {
	sum := sha256.Sum256(b[:min(len(b), markLen)])
	return hex.EncodeToString(sum[:8])
}

// check reads a block. A bad record with nothing behind it is damage only before sound: at the
// end of a stream a write may have been under way that was never acknowledged.
func check(stream string, block uint32, buf []byte, sound int) (d Damage, damaged bool, err error) {
	if bytes.HasPrefix(buf, compressed) {
		return d, false, nil
	}
	r, err := newReader(stream, block, buf)
	if err != nil {
		return d, false, err
	}
	at, _, _ := r.run(0)
	if at == len(buf) {
		return d, false, nil
	}
	d = Damage{Stream: stream, Block: block, At: at, Size: len(buf), Mark: markOf(buf[at:])}
	for i := at + 1; i < len(buf); {
		end, records, messages := r.run(i)
		d.Whole, d.Behind = d.Whole+records, d.Behind+messages
		i = max(end, i+1)
	}
	return d, d.Whole > 0 || at < sound, nil
}
