package query

import (
	"cmp"
	"slices"
)

// Highlights returns where the filter's positive texts and expressions match
// in s, as pairs of byte offsets in order and without overlap. For s in the
// form it is shown in, not necessarily that of the file.
func (f *Filter) Highlights(s string) [][2]int {
	var found [][2]int
	mark(f.terms(), []byte(s), &found)
	slices.SortFunc(found, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], b[1]-a[1]) })
	out := found[:0]
	for _, span := range found {
		if n := len(out); n > 0 && span[0] < out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], span[1])
			continue
		}
		out = append(out, span)
	}
	return out
}

func mark(n node, s []byte, found *[][2]int) {
	switch n := n.(type) {
	case allOf:
		for _, term := range n {
			mark(term, s, found)
		}
	case anyOf:
		for _, query := range n {
			mark(query, s, found)
		}
	case textTerm:
		*found = append(*found, n.find.Spans(s)...)
	case regexTerm:
		markRegexp(n.pattern, s, found)
	case regexField:
		markRegexp(n.pattern, s, found)
	}
}

func markRegexp(p pattern, s []byte, found *[][2]int) {
	for _, span := range p.re.FindAllIndex(s, -1) {
		if span[0] < span[1] {
			*found = append(*found, [2]int{span[0], span[1]})
		}
	}
}
