package safe

import (
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns a writer that makes JSON fit for a terminal on its way to w: what [String]
// would spell out stands as \uXXXX instead, a byte that is not UTF-8 as \ufffd, which is
// how a decoder reads it. What comes out decodes to the same as what went in. Each
// write should end with a whole line; the beginning of a character waits for its rest.
func JSON(w io.Writer) io.Writer { return &jsonWriter{w: w} }

type jsonWriter struct {
	w     io.Writer
	part  []byte // of a character whose rest has not come
	marks int    // that the character before may still take
	out   []byte
}

func (j *jsonWriter) Write(p []byte) (int, error) {
	in := append(j.part, p...)
	j.out, j.part = j.out[:0], nil
	for len(in) > 0 {
		if !utf8.FullRune(in) {
			j.part = append([]byte{}, in...)
			break
		}
		r, n := utf8.DecodeRune(in)
		j.rune(r, n)
		in = in[n:]
	}
	if _, err := j.w.Write(j.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// rune adds a character that took n bytes.
func (j *jsonWriter) rune(r rune, n int) {
	mark := r >= utf8.RuneSelf && unicode.In(r, unicode.Mn, unicode.Me)
	switch {
	case r == '\n':
		j.out, j.marks = append(j.out, '\n'), 0
	case r == '\t' || r == '\r': // JSON has them between its words only
		j.out, j.marks = append(j.out, ' '), 0
	case r == utf8.RuneError && n == 1, !Shown(r), mark && j.marks == 0:
		j.escape(r)
	case mark:
		j.out = utf8.AppendRune(j.out, r)
		j.marks--
	default:
		j.out, j.marks = utf8.AppendRune(j.out, r), maxMarks
		if r == '"' {
			j.marks = 0
		}
	}
}

func (j *jsonWriter) escape(r rune) {
	j.marks = 0
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		j.out = fmt.Appendf(j.out, `\u%04x\u%04x`, high, low)
		return
	}
	j.out = fmt.Appendf(j.out, `\u%04x`, r)
}
