package fossil_test

import (
	"slices"
	"testing"

	"bones-tui/hub/fossil"
)

// What descends from a check-in and what is no ancestor of it differ where there are forks.
func TestOutsideIsWhatNoHeadHas(t *testing.T) {
	r := newRepo(t)
	a := commit(t, r, fossil.Commit{Files: files("a=1"), Replace: true})
	fork := commit(t, r, fossil.Commit{Parent: a.UUID, Files: files("fork=1")})
	b := commit(t, r, fossil.Commit{Parent: a.UUID, Files: files("b=1")})
	side := commit(t, r, fossil.Commit{Parent: b.UUID, Branch: "side", Files: files("side=1")})
	merged := commit(t, r, fossil.Commit{Parent: b.UUID, Branch: fossil.Trunk, Merge: []string{side.UUID}, Files: files("m=1")})
	all := []string{merged.UUID, side.UUID, b.UUID, fork.UUID, a.UUID}
	for name, c := range map[string]struct{ heads, want []string }{
		"no head":        {nil, all},
		"unknown head":   {[]string{"0123456789012345678901234567890123456789"}, all},
		"the root":       {[]string{a.UUID}, all[:4]},
		"past a fork":    {[]string{b.UUID}, []string{merged.UUID, side.UUID, fork.UUID}},
		"over a merge":   {[]string{merged.UUID}, []string{fork.UUID}},
		"two heads":      {[]string{fork.UUID, side.UUID}, []string{merged.UUID}},
		"all is covered": {[]string{fork.UUID, merged.UUID}, nil},
	} {
		list, total, err := r.Outside(t.Context(), c.heads, 0)
		var got []string
		for _, ci := range list {
			got = append(got, ci.UUID)
		}
		if err != nil || total != int64(len(c.want)) || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q of %d, %v, want %q", name, got, total, err, c.want)
		}
		if first, n, err := r.Outside(t.Context(), c.heads, 1); err != nil || n != total || len(first) > 1 || len(first) == 1 && first[0].UUID != c.want[0] {
			t.Errorf("%s: the first is %v of %d, %v", name, first, n, err)
		}
	}
}
