package cells

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Wrap breaks safe, plain text into lines of at most width cells, between words
// if it can.
func Wrap(text string, width int) []string {
	if width < 1 {
		return nil
	}
	var out []string
	row := ""
	for word := range strings.FieldsSeq(text) {
		if row != "" && Width(row)+1+Width(word) > width {
			out, row = append(out, row), ""
		}
		if row != "" {
			row += " "
		}
		row += word
		for Width(row) > width {
			head := ansi.Truncate(row, width, "")
			if head == "" {
				break
			}
			out, row = append(out, head), row[len(head):]
		}
	}
	return append(out, row)
}

// CutLeft is a styled text without its first n cells. Of a wide character that the
// cut goes through, a space is left.
func CutLeft(s string, n int) string {
	want := ansi.StringWidth(s) - n
	if want <= 0 {
		return ""
	}
	out := ansi.TruncateLeft(s, n, "")
	if ansi.StringWidth(out) > want {
		out = ansi.TruncateLeft(s, n+1, "")
	}
	return strings.Repeat(" ", max(want-ansi.StringWidth(out), 0)) + out
}

// Shorten keeps the first n rows; if there are more, the last one says so by its end.
func Shorten(t *Theme, rows []string, n, width int) []string {
	if len(rows) <= n {
		return rows
	}
	if n <= 0 {
		return nil
	}
	rest := rows[n-1] + " " + rows[n] // more than a row
	return append(rows[:n-1:n-1], NewLine(t, width).Put(t.Plain, rest).String())
}

// Fit makes lines exactly n rows: it cuts them, or adds empty ones.
func Fit(lines []string, n int) []string {
	if len(lines) > n {
		return lines[:max(n, 0)]
	}
	for len(lines) < n {
		lines = append(lines, "")
	}
	return lines
}

// Flow puts blocks beside each other and starts a new band when a row is full.
func Flow(blocks []string, width int) []string {
	var out []string
	var band []string
	used := 0
	flush := func() {
		if len(band) > 0 {
			if len(out) > 0 {
				out = append(out, "")
			}
			out = append(out, strings.Split(lipgloss.JoinHorizontal(lipgloss.Top, band...), "\n")...)
		}
		band, used = nil, 0
	}
	for _, b := range blocks {
		w := lipgloss.Width(b)
		if used > 0 && used+w > width {
			flush()
		}
		if used > 0 {
			band = append(band, "   ")
			used += 3
		}
		band = append(band, b)
		used += w
	}
	flush()
	return out
}
