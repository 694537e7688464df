package hub

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/plural"
)

// SyncFailures are the sync messages that failed by the same door for the same cause, since
// the start of the hub.
type SyncFailures struct {
	Door  string       `json:"door"`  // "http" or "nats"
	Cause fossil.Cause `json:"cause"` // one of the causes of package fossil
	Ours  bool         `json:"ours"`  // the hub failed, not the client
	Count uint64       `json:"count"`

	// The last of them.
	At   time.Time `json:"at"`
	Peer string    `json:"peer"`
	User string    `json:"user,omitempty"` // the login that it named, right or wrong
	Text string    `json:"text"`
}

// String says how often, why, and who was the last.
func (f SyncFailures) String() string {
	did := "rejected"
	if f.Ours {
		did = "failed"
	}
	whom := ""
	if f.User != "" {
		whom = fmt.Sprintf(", user %.80q", f.User)
	}
	return fmt.Sprintf("%s %s over %s (%s), the last at %s from %s%s: %s", did, plural.Of(int64(f.Count), "message"), f.Door, f.Cause,
		f.At.UTC().Format(time.RFC3339), brief(f.Peer), whom, brief(f.Text))
}

// failures counts what fails at both doors. The zero value is ready.
type failures struct {
	mu  sync.Mutex
	all map[failureKey]SyncFailures
}

type failureKey struct {
	door  string
	cause fossil.Cause
}

// maxFailureText bounds what a status quotes of a client, in bytes.
const maxFailureText = 200

func (f *failures) add(e fossil.Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[failureKey]SyncFailures{}
	}
	key := failureKey{e.Door, e.Cause}
	f.all[key] = SyncFailures{
		Door: e.Door, Cause: e.Cause, Ours: e.Cause.Ours(), Count: f.all[key].Count + 1,
		At: time.Now(), Peer: brief(e.Peer), User: brief(e.User), Text: brief(e.Err.Error()),
	}
}

func brief(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxFailureText)], "")
}

// list returns them all, our own first, and how many are ours and how many the clients'.
func (f *failures) list() (all []SyncFailures, ours, theirs uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.all {
		if all = append(all, e); e.Ours {
			ours += e.Count
		} else {
			theirs += e.Count
		}
	}
	slices.SortFunc(all, func(a, b SyncFailures) int {
		switch {
		case a.Ours && !b.Ours:
			return -1
		case b.Ours && !a.Ours:
			return 1
		}
		return cmp.Or(cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Door, b.Door))
	})
	return all, ours, theirs
}
