package logview

// text is a piece of a segment that begins with a line.
type text struct {
	data []byte
	base int64 // offset of data in the segment
	cut  bool  // the last line is longer than what is here of it
}

func (t text) end() int64 { return t.base + int64(len(t.data)) }
