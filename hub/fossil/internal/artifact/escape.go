package artifact

import "strings"

const (
	plainBytes   = " \n\t\r\v\f\x00\\"
	escapedBytes = `sntrvf0\`
)

// Escape returns s in the form used inside a card: whitespace, NUL and
// backslash become two-byte sequences.
func Escape(s string) string {
	if !strings.ContainsAny(s, plainBytes) {
		return s
	}
	return string(appendEscaped(make([]byte, 0, len(s)+8), s))
}

func appendEscaped(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] > ' ' && s[i] != '\\' {
			continue
		}
		if k := strings.IndexByte(plainBytes, s[i]); k >= 0 {
			dst = append(append(dst, s[start:i]...), '\\', escapedBytes[k])
			start = i + 1
		}
	}
	return append(dst, s[start:]...)
}

// Unescape undoes Escape. A backslash before any other byte stands for that
// byte.
func Unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			c = s[i]
			if k := strings.IndexByte(escapedBytes, c); k >= 0 {
				c = plainBytes[k]
			}
		}
		out = append(out, c)
	}
	return string(out)
}
