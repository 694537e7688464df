package tui

import (
	"github.com/charmbracelet/x/ansi"

	"bones-tui/logview/safe"
)

// drawBox frames lines of at most inner cells.
func drawBox(t *theme, border style, title span, body []string, inner int) []string {
	b := t.box
	top := newLine(t, inner+4).put(border, b.TopLeft+b.Top+" ").put(title.style, safe.String(title.text).Cut(max(inner-2, 0)).String()).put(t.plain, " ")
	for top.left() > 1 {
		top.put(border, b.Top)
	}
	out := []string{top.put(border, b.TopRight).String()}
	for _, s := range body {
		l := newLine(t, inner+4).put(border, b.Left+" ").styled(s)
		out = append(out, l.to(inner+3).put(border, b.Right).String())
	}
	bottom := newLine(t, inner+4).put(border, b.BottomLeft)
	for bottom.left() > 1 {
		bottom.put(border, b.Bottom)
	}
	return append(out, bottom.put(border, b.BottomRight).String())
}

// overlay puts a box over the middle of the rows, which fade.
func overlay(t *theme, rows, box []string, w int) []string {
	bw := boxWidth(box)
	x, y := middle(box, w, len(rows))
	for i, row := range rows {
		plain := ansi.Strip(row)
		if i < y || i >= y+len(box) {
			rows[i] = t.dim.paint(plain)
			continue
		}
		l := newLine(t, w).put(t.dim, ansi.Truncate(plain, x, "")).to(x).styled(box[i-y]).to(x + bw)
		rows[i] = l.put(t.dim, cutLeft(plain, x+bw)).String()
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

// middle is where a box goes on a screen.
func middle(box []string, w, h int) (x, y int) {
	return max((w-boxWidth(box))/2, 0), max((h-len(box))/2, 0)
}
