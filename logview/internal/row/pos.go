package row

// Pos is the place of a row in the history. It stays valid when files are
// rotated. The zero Pos is no place.
type Pos struct {
	gen int64 // generation of the file; later files have higher numbers
	off int64 // first byte of the row, plus one
}

// IsZero reports whether p is no place.
func (p Pos) IsZero() bool { return p == Pos{} }

// Before reports whether p lies before other in the history.
func (p Pos) Before(other Pos) bool {
	return p.gen < other.gen || p.gen == other.gen && p.off < other.off
}

// NewPos returns the place of a row by the generation of its file and its first byte
// plus one. With off 0 it is the place before the file's first row.
func NewPos(gen, off int64) Pos { return Pos{gen: gen, off: off} }

// Generation is the generation of the file that a place is in.
func Generation(p Pos) int64 { return p.gen }

// Offset is the first byte of the row at a place, plus one.
func Offset(p Pos) int64 { return p.off }
