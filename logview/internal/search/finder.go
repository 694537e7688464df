package search

import (
	"bytes"
)

// Finder searches for one literal, starting from its rarest byte: in logs the
// first byte of a needle is often the commonest of all.
type Finder struct {
	Literal
	at   int     // place of the rare byte in the literal
	both [2]byte // the rare byte; its other case if case is ignored
}

// NewFinder picks the rare byte by how often each byte occurs; nil means the
// usual proportions of a log.
func NewFinder(l Literal, counts *[256]uint32) Finder {
	f := Finder{Literal: l}
	best := ^uint64(0)
	for i := range len(l.Text) {
		c, other := l.Text[i], l.Text[i]
		if l.Fold {
			other = upper(c)
		}
		if n := l.frequency(i, counts); n < best {
			best, f.at, f.both = n, i, [2]byte{c, other}
		}
	}
	return f
}

// Index returns the first place of the literal in hay, -1 if there is none.
func (f *Finder) Index(hay []byte) int {
	if f.Text == "" {
		return 0
	}
	if f.both[0] != f.both[1] {
		return f.indexBoth(hay)
	}
	last := len(hay) - len(f.Text) + f.at // the last place the rare byte may be
	for i := f.at; i <= last; i++ {
		j := bytes.IndexByte(hay[i:last+1], f.both[0])
		if j < 0 {
			return -1
		}
		i += j
		if f.matches(hay[i-f.at:]) {
			return i - f.at
		}
	}
	return -1
}

// indexBoth walks the two cases of the rare byte side by side.
func (f *Finder) indexBoth(hay []byte) int {
	last := len(hay) - len(f.Text) + f.at
	if last < f.at {
		return -1
	}
	hay = hay[:last+1+len(f.Text)-f.at-1]
	window := hay[:last+1]
	next := func(from int, c byte) int {
		if from > last {
			return last + 1
		}
		if j := bytes.IndexByte(window[from:], c); j >= 0 {
			return from + j
		}
		return last + 1
	}
	a, b := next(f.at, f.both[0]), next(f.at, f.both[1])
	for {
		i := min(a, b)
		if i > last {
			return -1
		}
		if f.matches(hay[i-f.at:]) {
			return i - f.at
		}
		if i == a {
			a = next(i+1, f.both[0])
		} else {
			b = next(i+1, f.both[1])
		}
	}
}

// matches reports whether s, which is long enough, begins with the literal.
func (f *Finder) matches(s []byte) bool {
	if f.Fold {
		return HasPrefixFold(s, f.Text)
	}
	return string(s[:len(f.Text)]) == f.Text
}
