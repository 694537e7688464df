package owner

import (
	"testing"
)

// TestJudgeBlind has the facts of a system that shows no descriptors.
func TestJudgeBlind(t *testing.T) {
	start := []string{"bones-tui", "hub", "start", "--root", "/w"}
	keep := []string{"bones-tui", "hub", "keep", "--root", "/w"}
	bones := []string{"bones", "hub", "start"}
	held := func(r Role) Verdict { return Verdict{Answer: Held, PID: 7, Role: r} }
	for name, c := range map[string]struct {
		args      []string
		place     place
		lock      standing
		directory standing
		change    func(*facts)
		want      Verdict
	}{
		"hub":                          {args: start, place: here, lock: busy, directory: busy, want: held(RoleHub)},
		"keeper":                       {args: keep, place: here, lock: busy, directory: free, want: held(RoleKeeper)},
		"earlier":                      {args: []string{"bones-tui"}, lock: busy, directory: free, want: held(RoleEarlier)},
		"reference":                    {args: bones, place: here, lock: free, directory: free, want: held(RoleReference)},
		"reference in the foreground":  {args: bones, place: here, lock: busy, directory: free, want: held(RoleReference)},
		"reference of another":         {args: bones, place: elsewhere, lock: free, directory: free, want: Verdict{Answer: Free}},
		"hub of another":               {args: start, place: elsewhere, lock: free, directory: free, want: Verdict{Answer: Free}},
		"stranger":                     {args: []string{"sleep", "60"}, lock: free, directory: free, want: Verdict{Answer: Free}},
		"stranger, and the lock held":  {args: []string{"sleep", "60"}, lock: busy, directory: free},
		"hub of another, lock held":    {args: start, place: elsewhere, lock: busy, directory: free},
		"unknown command":              {lock: free, directory: free},
		"unknown command, lock held":   {lock: busy, directory: free},
		"reference somewhere":          {args: bones, lock: free, directory: free},
		"dashboard, no lock":           {args: []string{"bones-tui"}, lock: free, directory: free},
		"bad record":                   {lock: free, directory: free, change: func(f *facts) { f.record.bad, f.named = "no pid", nil }},
		"repository locked by a ghost": {lock: free, directory: free, change: func(f *facts) { f.fossil.standing, f.named = busy, nil }},
		"another's": {
			args: start, place: here, lock: free, directory: free,
			change: func(f *facts) { f.named.uid = 9 }, want: Verdict{Answer: Free, Stale: "hub.pid names process 7, which is of user 9"},
		},
		"recycled": {
			args: start, place: here, lock: free, directory: free,
			change: func(f *facts) { f.named.late = true }, want: Verdict{Answer: Free, Stale: "hub.pid names process 7, which started after it was written"},
		},
		"recycled, lock held": {args: start, place: here, lock: busy, directory: free, change: func(f *facts) { f.named.late = true }},
		"gone": {
			lock: free, directory: free, change: func(f *facts) { f.named = nil },
			want: Verdict{Answer: Free, Stale: "hub.pid names process 7, which is not there"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := facts{
				state: "/w/.bones", blind: "blind", me: 1, record: record{present: true, pid: 7}, lockNames: 1,
				named: &process{pid: 7, uid: 1, args: c.args, place: c.place, unlisted: "blind"},
				lock:  probe{standing: c.lock}, directory: probe{standing: c.directory},
			}
			if c.change != nil {
				c.change(&f)
			}
			got := judge(f)
			if c.want == (Verdict{}) {
				if got.Answer != CannotTell || got.Asked == "" || got.Next == "" || got.PID != 0 {
					t.Errorf("%+v", got)
				}
				return
			}
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
