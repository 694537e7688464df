package details

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"bones-tui/tui/internal/cells"
)

// Bounds of a text that is shown in full: what lies beyond is cut, and said to be.
const (
	maxTextBytes = 1 << 20
	maxTextRows  = 20_000
	maxLine      = 2000 // bytes in one row; longer lines go on in the next one
	maxNesting   = 64   // of JSON that is indented
)

// TextRows are the lines of a text; cut says that there are more.
func TextRows(text []byte, look func(line string) cells.Ink) (rows []Row, cut bool) {
	if cut = len(text) > maxTextBytes; cut {
		text = text[:maxTextBytes]
	}
	for len(text) > 0 {
		if len(rows) == maxTextRows {
			return rows, true
		}
		line, rest, _ := bytes.Cut(text, []byte{'\n'})
		if len(line) > maxLine {
			n := maxLine
			for n > maxLine-utf8.UTFMax && !utf8.RuneStart(line[n]) {
				n--
			}
			line, rest = line[:n], text[n:]
		}
		r := Row{Text: cells.Clean(strings.TrimSuffix(string(line), "\r"))}
		if look != nil {
			r.Ink = look(string(line))
		}
		rows, text = append(rows, r), rest
	}
	return rows, cut
}

// PrettyRows is JSON in a readable form, and any other text line by line.
func PrettyRows(text []byte) []Row {
	text = bytes.TrimRight(text, "\n")
	var b bytes.Buffer
	if nesting(text) <= maxNesting && json.Indent(&b, bytes.TrimSpace(text), "", "  ") == nil {
		text = b.Bytes()
	}
	rows, cut := TextRows(text, nil)
	if cut {
		rows = append(rows, Row{Ink: cells.InkWarn, Text: cells.Clean("there is more of it")})
	}
	return rows
}

// nesting is how deep brackets go: indenting takes its square in memory.
func nesting(text []byte) int {
	depth, most := 0, 0
	for _, c := range text {
		switch c {
		case '{', '[':
			depth++
			most = max(most, depth)
		case '}', ']':
			depth--
		}
	}
	return most
}
