package cells

// Segment is a part of a line that is dropped as a whole when there is no
// room; the highest rank goes first.
type Segment struct {
	Rank  int // 0: it is never dropped
	Spans []Span
}

func (s Segment) width() int {
	n := 0
	for _, p := range s.Spans {
		n += p.Width()
	}
	return n
}

// Segments are the parts of a line at its left and at its right, as many as there is room for.
func Segments(t *Theme, left, right []Segment, width int) string {
	for total(left)+total(right)+segmentGap+2 > width {
		l, r := worst(left), worst(right)
		if l < 0 && r < 0 {
			break
		}
		if r >= 0 && (l < 0 || right[r].Rank > left[l].Rank) {
			right = append(right[:r], right[r+1:]...)
		} else {
			left = append(left[:l], left[l+1:]...)
		}
	}
	line := NewLine(t, width).Gap(1)
	put := func(all []Segment) {
		for i, s := range all {
			if i > 0 {
				line.Gap(segmentGap)
			}
			for _, p := range s.Spans {
				line.Put(p.Style, p.Text)
			}
		}
	}
	put(left)
	line.To(width - total(right) - 1)
	put(right)
	return line.String()
}

const segmentGap = 3

func total(all []Segment) int {
	n := 0
	for i, s := range all {
		if i > 0 {
			n += segmentGap
		}
		n += s.width()
	}
	return n
}

// worst is the index of the segment to drop next; rank 0 is never dropped.
func worst(all []Segment) int {
	at := -1
	for i, s := range all {
		if s.Rank > 0 && (at < 0 || s.Rank > all[at].Rank) {
			at = i
		}
	}
	return at
}
