package hublog

import (
	"strconv"
	"unicode/utf8"
)

// Append appends the entry as one line of hub.log, newline included, and returns
// the longer slice. The line is what encoding/json makes of the entry, byte for
// byte, without its cost.
func (e Entry) Append(dst []byte) []byte {
	dst = append(dst, `{"ts":`...)
	dst = e.Ts.append(dst)
	dst = append(dst, `,"level":"`...)
	dst = append(dst, e.Level.String()...)
	dst = append(dst, `","event":`...)
	dst = appendString(dst, e.Event)
	dst = appendField(dst, `,"rpc":`, e.RPC)
	dst = appendField(dst, `,"agent":`, e.Agent)
	dst = appendField(dst, `,"task":`, e.Task)
	dst = appendField(dst, `,"session":`, e.Session)
	dst = appendField(dst, `,"hook":`, e.Hook)
	dst = appendField(dst, `,"matcher":`, e.Matcher)
	if e.TookMs != 0 {
		dst = strconv.AppendInt(append(dst, `,"took_ms":`...), e.TookMs, 10)
	}
	if e.ResultCount != 0 {
		dst = strconv.AppendInt(append(dst, `,"result_count":`...), int64(e.ResultCount), 10)
	}
	dst = appendField(dst, `,"err":`, e.Err)
	dst = appendField(dst, `,"msg":`, e.Msg)
	return append(dst, '}', '\n')
}

// appendField appends a key and its value, nothing if the value is empty.
func appendField(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	return appendString(append(dst, key...), value)
}

const hexDigits = "0123456789abcdef"

// appendString appends s as encoding/json quotes it: with <, >, & and the two
// separators that JavaScript takes for line ends escaped, and bad UTF-8 replaced.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0 // of what is pending to be copied as it is
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if !plain[c] {
				dst = appendEscaped(append(dst, s[start:i]...), c)
				start = i + 1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if escape := escapeRune(r, size); escape != "" {
			dst = append(append(dst, s[start:i]...), escape...)
			start = i + size
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"')
}

// escapeRune returns what stands for a rune beyond ASCII, "" for itself.
func escapeRune(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return `\ufffd`
	case r == '\u2028':
		return `\u2028`
	case r == '\u2029':
		return `\u2029`
	default:
		return ""
	}
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	}
}

// plain tells which ASCII bytes stand for themselves in a string.
var plain = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return t
}()
