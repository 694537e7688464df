package logview

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
	"unsafe"

	"bones-tui/hub/hublog"
)

// classifier tells entries from other lines and finds their level, event and
// time. It remembers the last minute it has read, because the next line is
// nearly always of the same.
type classifier struct {
	date, minute uint64 // the bytes of the last valid time, up to the minute
	base         int64  // that minute, in Unix seconds
}

// The fixed places in a line that hublog has written:
//
//	{"ts":"2026-03-02T08:00:00Z","level":"WARN","event":"rpc"…}
//	0      7                  26         38
const (
	tsAt     = 7
	tsEnd    = 26 // the Z
	levelAt  = 38
	shortest = 58
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

func at8(line []byte, i int) uint64 { return binary.LittleEndian.Uint64(line[i:]) }

// plain classifies a line in the form that hublog writes, by its beginning and
// its last byte alone. A line that was cut short (cut) has no last byte.
func (x *classifier) plain(line []byte, cut bool) (c class, sec int64, ok bool) {
	if len(line) < shortest || line[len(line)-1] != '}' && !cut {
		return 0, 0, false
	}
	if at8(line, 0) != markTs || at8(line, tsEnd) != markLevel || at8(line, 30) != markColon {
		return 0, 0, false
	}
	var level hublog.Level
	event := levelAt + len(`INFO","event":"`)
	switch at8(line, levelAt) {
	case wordInfo:
		level = hublog.LevelInfo
	case wordWarn:
		level = hublog.LevelWarn
	case wordDebug:
		level, event = hublog.LevelDebug, event+1
	case wordError:
		level, event = hublog.LevelError, event+1
	default:
		return 0, 0, false
	}
	if at8(line, event-8) != markEvent {
		return 0, 0, false
	}
	c = plainEvent(line[event:])
	if c == eventNone {
		return 0, 0, false
	}
	sec, ok = x.seconds(line)
	return c | class(level), sec, ok
}

// plainEvent reads the event and what must follow it.
func plainEvent(rest []byte) class {
	var c class
	switch rest[0] {
	case 'r':
		c, rest = eventRPC, after(rest, `rpc"`)
	case 'h':
		c, rest = eventHook, after(rest, `hook"`)
	case 'e':
		c, rest = eventError, after(rest, `error"`)
	case 'l':
		c, rest = eventLifecycle, after(rest, `lifecycle"`)
		if after(rest, `,"msg":"`+startText) != nil {
			c |= classStart
		}
	default:
		return eventNone
	}
	if len(rest) == 0 || rest[0] != ',' && (rest[0] != '}' || len(rest) > 1) {
		return eventNone
	}
	return c
}

func after(s []byte, prefix string) []byte {
	if len(s) < len(prefix) || string(s[:len(prefix)]) != prefix {
		return nil
	}
	return s[len(prefix):]
}

// seconds reads the time of a plain line.
func (x *classifier) seconds(line []byte) (int64, bool) {
	date, minute := at8(line, tsAt), at8(line, tsAt+8)
	if date != x.date || minute != x.minute {
		t, err := time.Parse("2006-01-02T15:04", string(line[tsAt:tsAt+16]))
		if err != nil {
			return 0, false
		}
		x.date, x.minute, x.base = date, minute, t.Unix()
	}
	tens, ones := line[24]-'0', line[25]-'0'
	if line[23] != ':' || tens > 5 || ones > 9 {
		return 0, false
	}
	return x.base + int64(tens)*10 + int64(ones), true
}

// line classifies any line; a raw one gets the class of a head. Lines in
// another form than hublog's are decoded, which is slow and rare.
func (x *classifier) line(line []byte, cut bool) (c class, sec int64) {
	if c, sec, ok := x.plain(line, cut); ok {
		return c, sec
	}
	if line = bytes.TrimLeft(line, " \t"); len(line) > 0 && line[0] == '{' && !cut {
		if e, err := hublog.DecodeString(stringOf(line)); err == nil {
			c := class(e.Level) | eventClass(e.Event) | classOdd
			if e.Event == hublog.EventLifecycle && strings.HasPrefix(e.Msg, startText) {
				c |= classStart
			}
			return c, e.Ts.Unix()
		}
	}
	return class(hublog.LevelInfo), 0
}

// isGlued reports whether a line that looks plain is not one object: text or
// another object follows the first.
func isGlued(line []byte) bool {
	if bytes.IndexByte(line[:len(line)-1], '}') < 0 {
		return false
	}
	_, err := hublog.DecodeString(stringOf(line))
	return err != nil
}

// stringOf shares the memory of b, for a call that keeps nothing of it.
func stringOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// trimLine takes off a line what is not its text: a carriage return at the
// end, the byte order mark of a file, and the zeros that a truncated file
// under an old writer begins with. It returns how many bytes it left out in
// front.
func trimLine(line []byte, first bool) (text []byte, skipped int) {
	text = bytes.TrimSuffix(line, []byte{'\r'})
	if len(text) > 0 && text[0] == 0 {
		text = bytes.TrimLeft(text, "\x00")
	}
	if first {
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	}
	return text, len(bytes.TrimSuffix(line, []byte{'\r'})) - len(text)
}
