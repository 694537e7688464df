package delta

import "math"

const (
	// window is the length of the hashed blocks of the source. Matches
	// shorter than this are not found.
	window = 16
	// candidates bounds how many source blocks of equal hash are tried at one
	// place of the target, so that repetitive input stays linear.
	candidates = 250
)

// Create returns a delta that turns src into dst. Both must be shorter than
// 4 GiB, or Create panics: the format has no larger numbers.
func Create(src, dst []byte) []byte {
	if int64(len(src)) > math.MaxUint32 || int64(len(dst)) > math.MaxUint32 {
		panic("delta: content of 4 GiB or more")
	}
	e := encoder{src: src, dst: dst}
	e.out = make([]byte, 0, len(dst)/4+64)
	e.out = append(appendNumber(e.out, uint32(len(dst))), '\n')
	if len(src) > window {
		e.index()
		for e.step() {
		}
	}
	e.insert(len(dst) - e.base)
	e.out = append(appendNumber(e.out, Checksum(dst)), ';')
	return e.out
}

// encoder holds one run of Create. base is the first byte of dst that is not
// in out yet.
type encoder struct {
	src, dst, out []byte
	base          int
	first         []int32 // hash bucket -> last block with that hash, or -1
	chain         []int32 // block -> previous block with the same hash, or -1
}

// index hashes every full block of the source.
func (e *encoder) index() {
	n := len(e.src) / window
	e.first, e.chain = make([]int32, n), make([]int32, n)
	for i := range e.first {
		e.first[i], e.chain[i] = -1, -1
	}
	for pos := 0; pos < len(e.src)-window; pos += window {
		h := newRolling(e.src[pos:])
		bucket := h.sum() % uint32(n)
		block := pos / window
		e.chain[block] = e.first[bucket]
		e.first[bucket] = int32(block)
	}
}

// match is a place in the source that repeats the target after lit bytes that
// do not repeat.
type match struct{ count, offset, lit int }

// step emits the next copy with the literal before it. It reports false when
// the rest of the target repeats nothing.
func (e *encoder) step() bool {
	if e.base+window >= len(e.dst) {
		return false
	}
	h := newRolling(e.dst[e.base:])
	for i := 0; ; i++ {
		if m := e.best(&h, i); m.count > 0 {
			e.insert(m.lit)
			e.out = append(appendNumber(e.out, uint32(m.count)), '@')
			e.out = append(appendNumber(e.out, uint32(m.offset)), ',')
			e.base += m.count
			return true
		}
		if e.base+i+window >= len(e.dst) {
			return false
		}
		h.roll(e.dst[e.base+i+window])
	}
}

// best returns the longest worthwhile match around dst[base+i].
func (e *encoder) best(h *rolling, i int) match {
	var found match
	block := e.first[h.sum()%uint32(len(e.first))]
	for tries := 0; block >= 0 && tries < candidates; tries++ {
		m := e.extend(int(block)*window, i)
		overhead := numberLen(m.lit) + numberLen(m.count) + numberLen(m.offset) + 3
		if m.count >= overhead && m.count > found.count {
			found = m
		}
		block = e.chain[block]
	}
	return found
}

// extend grows the match of src[pos:] and dst[base+i:] both ways.
func (e *encoder) extend(pos, i int) match {
	src, dst := e.src[pos:], e.dst[e.base+i:]
	n := min(len(src), len(dst))
	ahead := 0
	for ahead < n && src[ahead] == dst[ahead] {
		ahead++
	}
	back := 0
	for back < i && back+1 < pos && e.src[pos-back-1] == e.dst[e.base+i-back-1] {
		back++
	}
	return match{count: ahead + back, offset: pos - back, lit: i - back}
}

// insert emits the next n bytes of the target as a literal.
func (e *encoder) insert(n int) {
	if n == 0 {
		return
	}
	e.out = append(appendNumber(e.out, uint32(n)), ':')
	e.out = append(e.out, e.dst[e.base:e.base+n]...)
	e.base += n
}

// rolling is the hash of a window of bytes that can move by one byte.
type rolling struct {
	a, b uint16
	pos  int
	buf  [window]byte
}

func newRolling(b []byte) rolling {
	var h rolling
	copy(h.buf[:], b)
	for i, c := range h.buf {
		h.a += uint16(c)
		h.b += uint16(window-i) * uint16(c)
	}
	return h
}

// roll drops the oldest byte and takes c.
func (h *rolling) roll(c byte) {
	old := h.buf[h.pos]
	h.buf[h.pos] = c
	h.pos = (h.pos + 1) & (window - 1)
	h.a += uint16(c) - uint16(old)
	h.b += h.a - window*uint16(old)
}

func (h *rolling) sum() uint32 { return uint32(h.a) | uint32(h.b)<<16 }
