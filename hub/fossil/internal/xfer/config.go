package xfer

import (
	"fmt"
	"strconv"
	"strings"
)

// ConfigRow is the payload of a config card: a row's time, its key, and the
// values of further columns in pairs.
type ConfigRow struct {
	MTime int64 // Unix seconds
	Name  string
	Pairs []ConfigPair
}

// ConfigPair is a column and its value.
type ConfigPair struct{ Column, Value string }

// Value returns the value of a column and whether the row has it.
func (c ConfigRow) Value(column string) (string, bool) {
	for _, p := range c.Pairs {
		if p.Column == column {
			return p.Value, true
		}
	}
	return "", false
}

// ParseConfig reads the payload of a config card: SQL literals separated by
// spaces, the first a time, the second the key, then column and value in turn.
func ParseConfig(payload []byte) (ConfigRow, error) {
	words, err := sqlWords(string(payload))
	if err != nil {
		return ConfigRow{}, err
	}
	if len(words) < 2 || len(words)%2 != 0 {
		return ConfigRow{}, fmt.Errorf("%w: config row of %d words", ErrSyntax, len(words))
	}
	mtime, err := strconv.ParseFloat(words[0], 64)    // Fossil sends a Julian day for some rows
	if err != nil || !(mtime >= 0 && mtime < 1<<53) { // NaN too
		return ConfigRow{}, fmt.Errorf("%w: config row time %q", ErrSyntax, words[0])
	}
	row := ConfigRow{MTime: int64(mtime), Name: words[1]}
	for i := 2; i < len(words); i += 2 {
		row.Pairs = append(row.Pairs, ConfigPair{words[i], words[i+1]})
	}
	return row, nil
}

// AppendConfig appends the payload of a config card to dst.
func AppendConfig(dst []byte, row ConfigRow) []byte {
	dst = strconv.AppendInt(dst, row.MTime, 10)
	dst = appendSQL(append(dst, ' '), row.Name)
	for _, p := range row.Pairs {
		dst = append(append(append(dst, ' '), p.Column...), ' ')
		dst = appendSQL(dst, p.Value)
	}
	return dst
}

func appendSQL(dst []byte, s string) []byte {
	dst = append(dst, '\'')
	dst = append(dst, strings.ReplaceAll(s, "'", "''")...)
	return append(dst, '\'')
}

// sqlWords splits bare words and '...' literals with doubled quotes.
func sqlWords(s string) ([]string, error) {
	var words []string
	for {
		if s = strings.TrimLeft(s, " \n\r\t"); s == "" {
			return words, nil
		}
		var word string
		if s[0] == '\'' {
			var ok bool
			if word, s, ok = cutQuoted(s[1:]); !ok {
				return nil, fmt.Errorf("%w: config text without closing quote", ErrSyntax)
			}
		} else {
			end := strings.IndexAny(s, " \n\r\t")
			if end < 0 {
				end = len(s)
			}
			word, s = s[:end], s[end:]
		}
		words = append(words, word)
	}
}

// cutQuoted reads up to the closing quote of a literal whose opening quote is
// gone.
func cutQuoted(s string) (word, rest string, ok bool) {
	var b strings.Builder
	for {
		part, after, found := strings.Cut(s, "'")
		if !found {
			return "", "", false
		}
		b.WriteString(part)
		if !strings.HasPrefix(after, "'") {
			return b.String(), after, true
		}
		b.WriteByte('\'')
		s = after[1:]
	}
}
