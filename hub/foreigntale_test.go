package hub_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bones-tui/hub/internal/reference"
)

// tale counts what has happened in many rounds.
type tale struct{ kinds []*kindTale }

// kindTale is that of one kind of change.
type kindTale struct {
	kind           string
	changes, kills int
	complaints     int // requesters that were told of an error, all of them beside a kill
	tries          reference.Counts
	out            outages
	gaps           []time.Duration // of NATS, in each round without a kill
}

func (t *tale) add(r round) {
	i := slices.IndexFunc(t.kinds, func(k *kindTale) bool { return k.kind == r.kind })
	if i < 0 {
		i = len(t.kinds)
		t.kinds = append(t.kinds, &kindTale{kind: r.kind})
	}
	k := t.kinds[i]
	k.changes++
	if r.killed {
		k.kills++
	} else {
		k.gaps = append(k.gaps, r.outage.nats)
	}
	if r.said != nil {
		k.complaints++
	}
	k.tries.Running += r.counts.Running
	k.tries.Locked += r.counts.Locked
	k.tries.Started += r.counts.Started
	k.tries.Failed += r.counts.Failed
	k.out.nats = max(k.out.nats, r.outage.nats)
	k.out.fossil = max(k.out.fossil, r.outage.fossil)
	k.out.asked += r.outage.asked
	k.out.refused += r.outage.refused
	k.out.broken += r.outage.broken
	k.out.late += r.outage.late
}

// String has a line for each kind, and one for all.
func (t *tale) String() string {
	var b strings.Builder
	changes, kills, tries := 0, 0, 0
	for _, k := range t.kinds {
		fmt.Fprintf(&b, "%-18s %4d changes, %4d kills, %3d complaints; starts %d running, %d locked, %d got in, %d failed; "+
			"NATS away %s median, %s longest; Fossil %d asked, %d refused, %d broken, %d late, %s longest\n",
			k.kind, k.changes, k.kills, k.complaints, k.tries.Running, k.tries.Locked, k.tries.Started, k.tries.Failed,
			median(k.gaps), k.out.nats.Round(time.Millisecond), k.out.asked, k.out.refused, k.out.broken, k.out.late, k.out.fossil.Round(time.Millisecond))
		changes, kills, tries = changes+k.changes, kills+k.kills, tries+k.tries.Tries()
	}
	fmt.Fprintf(&b, "in all %d changes, %d kills, %d starts tried", changes, kills, tries)
	return b.String()
}

// median is rounded to what a reader needs.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2].Round(100 * time.Microsecond)
}
