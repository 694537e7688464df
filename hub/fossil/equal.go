package fossil

import (
	"cmp"
	"context"
	"slices"
	"sort"

	"github.com/pmezard/go-difflib/difflib"
)

// run is n lines from a and from b that are equal at both sides.
type run struct{ a, b, n int }

// maxGap bounds the work on lines that have no landmark among them: the product
// of their numbers at both sides. Beyond it they count as replaced.
const maxGap = 250_000

// equalRuns finds what a and b have in common, in order. Lines that occur once at
// either side are landmarks; only what lies between them is compared line by
// line. So the work grows with the number of lines, not with its square.
func equalRuns(ctx context.Context, a, b []string) ([]run, error) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var m matcher
	m.add(run{0, 0, head})
	endA, endB := len(a)-tail, len(b)-tail
	i, j := head, head
	for _, r := range append(landmarks(a[head:endA], b[head:endB], head), run{endA, endB, 0}) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.gap(a, b, i, r.a, j, r.b)
		m.add(r)
		i, j = r.a+r.n, r.b+r.n
	}
	m.add(run{endA, endB, tail})
	return m.runs, nil
}

type matcher struct{ runs []run }

// add appends a run, or lengthens the last one.
func (m *matcher) add(r run) {
	if r.n == 0 {
		return
	}
	if k := len(m.runs) - 1; k >= 0 && m.runs[k].a+m.runs[k].n == r.a && m.runs[k].b+m.runs[k].n == r.b {
		m.runs[k].n += r.n
		return
	}
	m.runs = append(m.runs, r)
}

// gap compares lines without a landmark.
func (m *matcher) gap(a, b []string, a1, a2, b1, b2 int) {
	if a1 == a2 || b1 == b2 || (a2-a1)*(b2-b1) > maxGap {
		return
	}
	for _, x := range difflib.NewMatcherWithJunk(a[a1:a2], b[b1:b2], false, nil).GetMatchingBlocks() {
		m.add(run{a1 + x.A, b1 + x.B, x.Size})
	}
}

// landmarks returns the longest row of lines that occur once at either side and
// stand in the same order at both, moved by offset.
func landmarks(a, b []string, offset int) []run {
	type place struct{ a, b, inA, inB int }
	at := make(map[string]*place, len(a))
	for i, s := range a {
		if p := at[s]; p != nil {
			p.inA++
		} else {
			at[s] = &place{a: i, inA: 1}
		}
	}
	for j, s := range b {
		if p := at[s]; p != nil {
			p.b = j
			p.inB++
		}
	}
	var once []run
	for _, p := range at {
		if p.inA == 1 && p.inB == 1 {
			once = append(once, run{p.a + offset, p.b + offset, 1})
		}
	}
	slices.SortFunc(once, func(x, y run) int { return cmp.Compare(x.a, y.a) })
	return ascending(once)
}

// ascending returns the longest part of runs whose places in b ascend.
func ascending(runs []run) []run {
	var ends []int // ends[k] is the run that best ends a row of k+1
	before := make([]int, len(runs))
	for i, r := range runs {
		k := sort.Search(len(ends), func(k int) bool { return runs[ends[k]].b >= r.b })
		before[i] = -1
		if k > 0 {
			before[i] = ends[k-1]
		}
		if k == len(ends) {
			ends = append(ends, i)
		} else {
			ends[k] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	out := make([]run, len(ends))
	for k, i := len(ends)-1, ends[len(ends)-1]; k >= 0; k, i = k-1, before[i] {
		out[k] = runs[i]
	}
	return out
}
