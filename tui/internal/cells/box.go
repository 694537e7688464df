package cells

import (
	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview/safe"
)

// Box frames lines of at most inner cells.
func Box(t *Theme, border Style, title Span, body []string, inner int) []string {
	b := t.box
	top := NewLine(t, inner+4).Put(border, b.TopLeft+b.Top+" ").Put(title.Style, safe.String(title.Text).Cut(max(inner-2, 0)).String()).Put(t.Plain, " ")
	for top.Left() > 1 {
		top.Put(border, b.Top)
	}
	out := []string{top.Put(border, b.TopRight).String()}
	for _, s := range body {
		l := NewLine(t, inner+4).Put(border, b.Left+" ").Styled(s)
		out = append(out, l.To(inner+3).Put(border, b.Right).String())
	}
	bottom := NewLine(t, inner+4).Put(border, b.BottomLeft)
	for bottom.Left() > 1 {
		bottom.Put(border, b.Bottom)
	}
	return append(out, bottom.Put(border, b.BottomRight).String())
}

// Overlay puts a box over the middle of the rows, which fade.
func Overlay(t *Theme, rows, box []string, w int) []string {
	bw := boxWidth(box)
	x, y := Middle(box, w, len(rows))
	for i, row := range rows {
		plain := ansi.Strip(row)
		if i < y || i >= y+len(box) {
			rows[i] = t.Dim.Paint(plain)
			continue
		}
		l := NewLine(t, w).Put(t.Dim, ansi.Truncate(plain, x, "")).To(x).Styled(box[i-y]).To(x + bw)
		rows[i] = l.Put(t.Dim, CutLeft(plain, x+bw)).String()
	}
	return rows
}

func boxWidth(box []string) int {
	w := 0
	for _, s := range box {
		w = max(w, ansi.StringWidth(s))
	}
	return w
}

// Middle is where a box goes on a screen.
func Middle(box []string, w, h int) (x, y int) {
	return max((w-boxWidth(box))/2, 0), max((h-len(box))/2, 0)
}
