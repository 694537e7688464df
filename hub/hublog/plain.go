package hublog

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// decodePlain decodes a line in the form that Append gives it, in any order of
// keys: one flat object, known keys, no space between tokens. Strings share the
// line's memory unless they hold escapes. It says no to everything else, and
// whoever gets a no asks encoding/json.
func decodePlain(line string) (Entry, bool) {
	line = strings.TrimSuffix(line, "\n")
	if len(line) < 2 || line[0] != '{' || line[len(line)-1] != '}' {
		return Entry{}, false
	}
	e := Entry{Level: noLevel}
	rest := line[1:]
	for {
		key, after, ok := cutString(rest)
		if !ok || after == "" || after[0] != ':' {
			return Entry{}, false
		}
		rest, ok = e.setPlain(key, after[1:])
		if !ok || rest == "" {
			return Entry{}, false
		}
		if rest == "}" {
			return e, e.complete()
		}
		if rest[0] != ',' {
			return Entry{}, false
		}
		rest = rest[1:]
	}
}

// setPlain sets one field from the value at the start of s and returns what
// follows it.
func (e *Entry) setPlain(key, s string) (rest string, ok bool) {
	if field := e.text(key); field != nil {
		*field, rest, ok = cutString(s)
		return rest, ok
	}
	switch key {
	case "ts":
		s, rest, ok = cutString(s)
		return rest, ok && e.Ts.setPlain(s)
	case "level":
		s, rest, ok = cutString(s)
		return rest, ok && e.Level.setPlain(s)
	case "took_ms":
		e.TookMs, rest, ok = cutInt(s)
		return rest, ok
	case "result_count":
		n, rest, ok := cutInt(s)
		e.ResultCount = int(n)
		return rest, ok && int64(e.ResultCount) == n
	default:
		return "", false
	}
}

// text returns the string field of that key, nil if there is none.
func (e *Entry) text(key string) *string {
	switch key {
	case "event":
		return &e.Event
	case "rpc":
		return &e.RPC
	case "agent":
		return &e.Agent
	case "task":
		return &e.Task
	case "session":
		return &e.Session
	case "hook":
		return &e.Hook
	case "matcher":
		return &e.Matcher
	case "err":
		return &e.Err
	case "msg":
		return &e.Msg
	default:
		return nil
	}
}

func (t *LoggedTime) setPlain(s string) bool {
	parsed, err := time.Parse(time.RFC3339, s)
	t.Time = parsed
	return err == nil && len(s) == loggedLen
}

func (l *Level) setPlain(s string) bool {
	level, err := ParseLevel(s)
	*l = level
	return err == nil
}

// cutString returns the string at the start of s and what follows it.
func cutString(s string) (value, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", "", false
	}
	switch i := 1 + plainLen(s[1:]); {
	case i == len(s):
		return "", "", false
	case s[i] == '"':
		return s[1:i], s[i+1:], true
	default:
		return cutEscaped(s, i)
	}
}

// plainLen counts the bytes at the start of s that stand for themselves in a string,
// up to a quote, an escape, a control byte or one that is not ASCII. It looks at eight
// at a time: in each byte that does not count the top bit is set, or gets set when the
// largest is subtracted that does not, and in no byte before the first of them
// (Warren, Hacker's Delight, 6-1).
func plainLen(s string) int {
	const each = 0x0101010101010101
	i := 0
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, escape := w^(each*'"'), w^(each*'\\')
		if found := (w | (w - each*' ') | (quote - each) | (escape - each)) & (each << 7); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(s) && s[i] >= ' ' && s[i] < utf8.RuneSelf && s[i] != '"' && s[i] != '\\' {
		i++
	}
	return i
}

// cutEscaped is cutString from the first byte on that does not stand for itself
// for sure.
func cutEscaped(s string, i int) (value, rest string, ok bool) {
	escaped := false
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ':
			return "", "", false
		case c == '\\':
			escaped = true
			i++
		case c == '"' && escaped:
			value, ok = unescape(s[1:i])
			return value, s[i+1:], ok
		case c == '"':
			return s[1:i], s[i+1:], utf8.ValidString(s[1:i])
		}
	}
	return "", "", false
}

// unescape resolves the escapes of two characters and \u of the basic plane
// without surrogates.
func unescape(s string) (string, bool) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			return b.String(), utf8.ValidString(b.String())
		}
		b.WriteString(s[:i])
		if len(s) < i+2 {
			return "", false
		}
		if s[i+1] == 'u' {
			r, ok := hexRune(s[i+2:])
			if !ok {
				return "", false
			}
			b.WriteRune(r)
			s = s[i+6:]
			continue
		}
		at := strings.IndexByte(`"\/bfnrt`, s[i+1])
		if at < 0 {
			return "", false
		}
		b.WriteByte("\"\\/\b\f\n\r\t"[at])
		s = s[i+2:]
	}
}

func hexRune(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(s[:4], 16, 32)
	return rune(n), err == nil && utf8.ValidRune(rune(n))
}

// cutInt returns the integer at the start of s, in the form JSON writes it.
func cutInt(s string) (n int64, rest string, ok bool) {
	end := strings.IndexAny(s, ",}")
	if end <= 0 {
		return 0, "", false
	}
	digits := strings.TrimPrefix(s[:end], "-")
	if digits == "" || digits[0] == '+' || digits[0] == '0' && digits != "0" {
		return 0, "", false
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	return n, s[end:], err == nil
}
