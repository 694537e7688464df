package owner_test

import (
	"testing"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/internal/owner"
	"bones-tui/hub/internal/owner/ownertest"
)

// BenchmarkWhose has the usual cases, which look at one process at most, and the others,
// which look at all.
func BenchmarkWhose(b *testing.B) {
	for _, c := range []struct {
		name string
		make func(bonesdir.Dir) (pid int)
		want owner.Answer
	}{
		{"free", func(bonesdir.Dir) int { return 0 }, owner.Free},
		{"held", func(d bonesdir.Dir) int { return ownertest.Start(b, ownertest.Hub(d)).PID }, owner.Held},
		{"held by a reference", func(d bonesdir.Dir) int { return ownertest.Start(b, ownertest.Reference(d)).PID }, owner.Held},
		{"walk, held", func(d bonesdir.Dir) int {
			s := ownertest.Hub(d)
			s.PIDFile = false
			return ownertest.Start(b, s).PID
		}, owner.Held},
		{"walk, free beside a dashboard", func(d bonesdir.Dir) int { ownertest.Start(b, ownertest.Dashboard(d)); return 0 }, owner.Free},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := workspace(b)
			pid := c.make(d)
			b.ReportAllocs()
			for b.Loop() {
				if v := owner.Whose(d); v.Answer != c.want || v.PID != pid {
					b.Fatalf("%+v", v)
				}
			}
		})
	}
}
