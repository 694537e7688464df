package lines

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
	"unsafe"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

// Classifier tells entries from other lines and finds their level, event and
// time. It remembers the last minute it has read, because the next line is
// nearly always of the same.
type Classifier struct {
	date, minute uint64 // the bytes of the last valid time, up to the minute
	base         int64  // that minute, in Unix seconds
}

// The fixed places in a line that hublog has written:
//
//	{"ts":"2026-03-02T08:00:00Z","level":"WARN","event":"rpc"…}
//	0      7                  26         38
const (
	tsAt    = 7
	tsEnd   = 26 // the Z
	levelAt = 38
	fixed   = 80 // more than the fixed beginning of any line
)

var (
	markTs    = word(`{"ts":"2`)
	markLevel = word(`Z","leve`)
	markColon = word(`level":"`)
	markEvent = word(`event":"`)
	wordInfo  = word(`INFO","e`)
	wordWarn  = word(`WARN","e`)
	wordDebug = word(`DEBUG","`)
	wordError = word(`ERROR","`)
)

func word(s string) uint64 { return binary.LittleEndian.Uint64([]byte(s)) }

func at8(s []byte) uint64 { return binary.LittleEndian.Uint64(s) }

// Plain classifies a line in the form that hublog writes, by its beginning and
// its last byte alone. A line that was cut short (cut) has no last byte.
func (x *Classifier) Plain(line []byte, cut bool) (c row.Class, sec int64, ok bool) {
	c, sec, next := x.Begins(line)
	return c, sec, next > 0 && IsWhole(line, next, cut)
}

// IsWhole reports whether what follows the fixed beginning of a line can be
// the rest of an object.
func IsWhole(line []byte, next int, cut bool) bool {
	if next >= len(line) {
		return false
	}
	return line[next] == ',' && (cut || line[len(line)-1] == '}') || line[next] == '}' && next == len(line)-1
}

// Begins classifies by the time, the level and the event with which data
// begins, and returns where they end; 0 if data does not begin with a line in
// the form that hublog writes. Data may be more than the line.
func (x *Classifier) Begins(data []byte) (c row.Class, sec int64, next int) {
	if len(data) < fixed {
		var padded [fixed]byte
		copy(padded[:], data)
		data = padded[:]
	}
	head := (*[fixed]byte)(data)
	if at8(head[0:]) != markTs || at8(head[tsEnd:]) != markLevel || at8(head[30:]) != markColon {
		return 0, 0, 0
	}
	next = levelAt + len(`INFO","event":"`)
	switch at8(head[levelAt:]) {
	case wordInfo:
		c = row.Class(hublog.LevelInfo)
	case wordWarn:
		c = row.Class(hublog.LevelWarn)
	case wordDebug:
		c = row.Class(hublog.LevelDebug)
		next++
	case wordError:
		c = row.Class(hublog.LevelError)
		next++
	default:
		return 0, 0, 0
	}
	if at8(head[next-8:]) != markEvent {
		return 0, 0, 0
	}
	event, n := plainEvent(data[next:])
	sec, ok := x.seconds(head)
	if n == 0 || !ok {
		return 0, 0, 0
	}
	return c | event, sec, next + n
}

// plainEvent reads the event with which rest begins and returns its length
// with the quote; 0 if it is none of the known.
func plainEvent(rest []byte) (c row.Class, n int) {
	switch rest[0] {
	case 'r':
		c, n = row.EventRPC, len(`rpc"`)
		if string(rest[:n]) != `rpc"` {
			n = 0
		}
	case 'h':
		c, n = row.EventHook, len(`hook"`)
		if string(rest[:n]) != `hook"` {
			n = 0
		}
	case 'e':
		c, n = row.EventError, len(`error"`)
		if string(rest[:n]) != `error"` {
			n = 0
		}
	case 'l':
		c, n = row.EventLifecycle, len(`lifecycle"`)
		if string(rest[:n]) != `lifecycle"` {
			n = 0
		} else if after(rest[n:], `,"msg":"`+row.RunStartText) != nil {
			c |= row.RunStart
		}
	}
	return c, n
}

func after(s []byte, prefix string) []byte {
	if len(s) < len(prefix) || string(s[:len(prefix)]) != prefix {
		return nil
	}
	return s[len(prefix):]
}

// seconds reads the time of a plain line.
func (x *Classifier) seconds(head *[fixed]byte) (int64, bool) {
	date, minute := at8(head[tsAt:]), at8(head[tsAt+8:])
	if date != x.date || minute != x.minute {
		base, ok := parseMinute(head[tsAt : tsAt+16])
		if !ok {
			return 0, false
		}
		x.date, x.minute, x.base = date, minute, base
	}
	tens, ones := head[24]-'0', head[25]-'0'
	if head[23] != ':' || tens > 5 || ones > 9 {
		return 0, false
	}
	return x.base + int64(tens)*10 + int64(ones), true
}

// parseMinute reads 2006-01-02T15:04 as a Unix time.
func parseMinute(s []byte) (int64, bool) {
	const form = "0000-00-00T00:00"
	for i := range len(form) {
		if digit := s[i]-'0' <= 9; digit != (form[i] == '0') || !digit && s[i] != form[i] {
			return 0, false
		}
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	year, month, day, hour, minute := two(0)*100+two(2), two(5), two(8), two(11), two(14)
	t := time.Date(year, time.Month(month), day, hour, minute, 0, 0, time.UTC)
	ok := t.Month() == time.Month(month) && t.Day() == day && t.Hour() == hour && t.Minute() == minute
	return t.Unix(), ok
}

// Line classifies any line; a raw one gets the class of a head. Lines in
// another form than hublog's are decoded, which is slow and rare.
func (x *Classifier) Line(line []byte, cut bool) (c row.Class, sec int64) {
	if c, sec, ok := x.Plain(line, cut); ok {
		return c, sec
	}
	if line = bytes.TrimLeft(line, " \t"); len(line) > 0 && line[0] == '{' && !cut {
		if e, err := hublog.DecodeString(StringOf(line)); err == nil {
			c := row.Class(e.Level) | row.EventClass(e.Event) | row.Odd
			if e.Event == hublog.EventLifecycle && strings.HasPrefix(e.Msg, row.RunStartText) {
				c |= row.RunStart
			}
			return c, e.Ts.Unix()
		}
	}
	return row.Class(hublog.LevelInfo), 0
}

// IsGlued reports whether a line that looks plain is not one object: text or
// another object follows the first.
func IsGlued(line []byte) bool {
	if bytes.IndexByte(line[:len(line)-1], '}') < 0 {
		return false
	}
	_, err := hublog.DecodeString(StringOf(line))
	return err != nil
}

// StringOf shares the memory of b, for a call that keeps nothing of it.
func StringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Trim takes off a line what is not its text: a carriage return at the
// end, the byte order mark of a file, and the zeros that a truncated file
// under an old writer begins with. It returns how many bytes it left out in
// front.
func Trim(line []byte, first bool) (text []byte, skipped int) {
	text = bytes.TrimSuffix(line, []byte{'\r'})
	if len(text) > 0 && text[0] == 0 {
		text = bytes.TrimLeft(text, "\x00")
	}
	if first {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	return text, len(bytes.TrimSuffix(line, []byte{'\r'})) - len(text)
}
