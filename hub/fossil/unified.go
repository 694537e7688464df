package fossil

import (
	"context"
	"fmt"
	"strings"
)

// hunkContext is how many equal lines stand around a change.
const hunkContext = 3

// hunk is a change with its context: lines a1..a2 and b1..b2, and the runs of equal
// lines within.
type hunk struct {
	a1, a2, b1, b2 int
	equal          []run
}

// unified writes the changes from a to b, at most limit lines if that is
// positive; cut says that there are more.
func unified(ctx context.Context, a, b []string, name string, limit int) (text string, cut bool, err error) {
	runs, err := equalRuns(ctx, a, b)
	if err != nil {
		return "", false, err
	}
	w := diffWriter{limit: limit}
	w.line("--- a/", name+"\n")
	w.line("+++ b/", name+"\n")
	for _, h := range hunks(runs, len(a), len(b)) {
		w.line("@@ ", fmt.Sprintf("-%s +%s @@\n", span(h.a1, h.a2), span(h.b1, h.b2)))
		if w.hunk(h, a, b); w.cut {
			break
		}
	}
	return w.out.String(), w.cut, nil
}

// span is a range of lines as a hunk's head names it.
func span(from, to int) string {
	switch n := to - from; n {
	case 1:
		return fmt.Sprint(from + 1)
	case 0:
		return fmt.Sprintf("%d,0", from)
	default:
		return fmt.Sprintf("%d,%d", from+1, n)
	}
}

type diffWriter struct {
	out   strings.Builder
	lines int
	limit int
	cut   bool
}

func (w *diffWriter) line(sign, text string) {
	if w.cut = w.limit > 0 && w.lines >= w.limit; !w.cut {
		w.lines++
		w.out.WriteString(sign)
		w.out.WriteString(text)
	}
}

func (w *diffWriter) all(sign string, lines []string) {
	for i := 0; i < len(lines) && !w.cut; i++ {
		w.line(sign, lines[i])
	}
}

func (w *diffWriter) hunk(h hunk, a, b []string) {
	i, j := h.a1, h.b1
	for _, r := range append(h.equal, run{h.a2, h.b2, 0}) {
		w.all("-", a[i:r.a])
		w.all("+", b[j:r.b])
		w.all(" ", a[r.a:r.a+r.n])
		i, j = r.a+r.n, r.b+r.n
	}
}

// hunks groups what lies between the runs of equal lines, with context.
func hunks(runs []run, na, nb int) (out []hunk) {
	runs = append(runs, run{na, nb, 0})
	var h *hunk
	i, j := 0, 0 // the end of the run before
	for k, r := range runs {
		if r.a > i || r.b > j { // a change lies before this run
			if h == nil {
				out = append(out, hunk{a1: i, b1: j})
				h = &out[len(out)-1]
				if k > 0 {
					h.lead(runs[k-1])
				}
			}
			h.a2, h.b2 = r.a, r.b
		}
		i, j = r.a+r.n, r.b+r.n
		switch {
		case h == nil || r.n == 0:
		case r.n > 2*hunkContext || k == len(runs)-2 && i == na && j == nb:
			h.trail(r)
			h = nil
		default:
			h.equal = append(h.equal, r)
			h.a2, h.b2 = i, j
		}
	}
	return out
}

// lead begins the hunk with the end of the run before it.
func (h *hunk) lead(r run) {
	n := min(r.n, hunkContext)
	h.a1, h.b1 = h.a1-n, h.b1-n
	if n > 0 {
		h.equal = append(h.equal, run{h.a1, h.b1, n})
	}
}

// trail ends the hunk with the beginning of the run after it.
func (h *hunk) trail(r run) {
	n := min(r.n, hunkContext)
	h.equal = append(h.equal, run{r.a, r.b, n})
	h.a2, h.b2 = r.a+n, r.b+n
}
