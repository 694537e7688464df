package query

import (
	"bytes"
	"encoding/json"
)

// lookup finds the value of a key in an entry as hublog writes it, without
// decoding the rest. It is not sure about lines that hold another object: the
// key may be in there. An empty value counts as absent.
func lookup(line []byte, key string) (value []byte, ok, sure bool) {
	if len(line) == 0 || bytes.IndexByte(line[1:], '{') >= 0 {
		return nil, false, false
	}
	var quoted [24]byte
	name := append(append(append(quoted[:0], '"'), key...), `":`...)
	rest := line
	for {
		found := bytes.Index(rest, name)
		if found < 0 {
			return value, ok, true
		}
		rest = rest[found+len(name):]
		value, ok = scalar(rest)
	}
}

// scalar returns the string or number that s begins with, unescaped.
func scalar(s []byte) (value []byte, ok bool) {
	if len(s) == 0 || s[0] != '"' {
		end := bytes.IndexAny(s, ",}")
		if end <= 0 || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
			return nil, false
		}
		return s[:end], true
	}
	end := 1
	for ; end < len(s) && s[end] != '"'; end++ {
		if s[end] == '\\' {
			return escapedScalar(s)
		}
	}
	return s[1:min(end, len(s))], end > 1 && end < len(s)
}

func escapedScalar(s []byte) ([]byte, bool) {
	end := 1
	for ; end < len(s) && s[end] != '"'; end++ {
		if s[end] == '\\' {
			end++
		}
	}
	if end >= len(s) {
		return nil, false
	}
	var text string
	if json.Unmarshal(s[:end+1], &text) != nil {
		return nil, false
	}
	return []byte(text), text != ""
}

// unescape resolves the JSON escapes in a line, wherever they stand.
func unescape(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for {
		i := bytes.IndexByte(line, '\\')
		if i < 0 || i+1 >= len(line) {
			return append(out, line...)
		}
		out = append(out, line[:i]...)
		n := min(escapeLen(line[i:]), len(line)-i)
		var text string
		quoted := append(append([]byte{'"'}, line[i:i+n]...), '"')
		if json.Unmarshal(quoted, &text) == nil {
			out = append(out, text...)
		} else {
			out = append(out, line[i:i+n]...)
		}
		line = line[i+n:]
	}
}

// escapeLen is the length of the JSON escape that s begins with; the two
// halves of a surrogate pair are one escape.
func escapeLen(s []byte) int {
	const short, long = 2, 6
	if s[1] != 'u' {
		return short
	}
	if len(s) >= 2*long && (s[2] == 'd' || s[2] == 'D') && s[long] == '\\' && s[long+1] == 'u' {
		return 2 * long
	}
	return long
}
