// Package usage measures how much of the disk a state directory takes, by what for.
package usage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/disk"

	"bones-tui/hub/bonesdir"
)

// Usage is how much of the disk the state directory of a workspace takes, in bytes.
type Usage struct {
	At         time.Time `json:"at"`
	Total      int64     `json:"total"`             // of the state directory
	Repository int64     `json:"repository"`        // with its log
	Store      int64     `json:"store"`             // JetStream's
	Slots      int64     `json:"slots"`             // directories of slots
	Recovery   int64     `json:"recovery"`          // copies, and what was saved of slots
	Archives   int64     `json:"archives"`          // repositories and stores that were put aside
	Free       int64     `json:"free"`              // that this user may still take; -1 if unknown
	Growth     *int64    `json:"growth,omitempty"`  // of Total, an hour, as far as a hub has watched it; nil in the first minute
	Partial    bool      `json:"partial,omitempty"` // something could not be looked at: it is at least this much
}

// String is one line.
func (u Usage) String() string {
	mib := func(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
	text := fmt.Sprintf("%s: repository %s, store %s, slots %s, recovery %s, archives %s",
		mib(u.Total), mib(u.Repository), mib(u.Store), mib(u.Slots), mib(u.Recovery), mib(u.Archives))
	if u.Partial {
		text = "at least " + text
	}
	if u.Growth != nil {
		text += fmt.Sprintf("; %+.1f MiB an hour", float64(*u.Growth)/(1<<20))
	}
	return text
}

// FullSoon returns when the disk is full if the state directory grows on like this, and
// whether that is within a day. u may be nil.
func (u *Usage) FullSoon() (left time.Duration, soon bool) {
	if u == nil || u.Growth == nil || *u.Growth <= 0 || u.Free < 0 {
		return 0, false
	}
	if u.Free >= 24**u.Growth {
		return 0, false
	}
	return time.Duration(float64(u.Free) / float64(*u.Growth) * float64(time.Hour)), true
}

// take adds the room of one file, by its place below the state directory.
func (u *Usage) take(d bonesdir.Dir, name string, size int64) {
	u.Total += size
	first, _, below := strings.Cut(name, "/")
	switch at := filepath.Join(d.State, first); {
	case at == d.Swarm():
		u.Slots += size
	case at == d.Recovery():
		u.Recovery += size
	case at == d.Coord():
		u.Store += size
	case strings.HasPrefix(at, d.Coord()+".bad-"), !below && strings.HasPrefix(first, "hub-") && strings.Contains(first, ".fossil"):
		u.Archives += size
	case strings.HasPrefix(at, d.Fossil()):
		u.Repository += size
	}
}

// Measure adds up what a state directory holds. Links are not followed, and nothing is
// opened but directories.
func Measure(ctx context.Context, d bonesdir.Dir, held *bonesdir.Held) (u Usage, err error) {
	u.At, u.Free = time.Now(), -1
	if all, err := disk.Usage(d.State); err == nil {
		u.Free = int64(all.Free) //nolint:gosec // no disk is that large
	}
	err = fs.WalkDir(held.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			u.Partial = u.Partial || !errors.Is(err, fs.ErrNotExist) // else it has just been removed
			return nil
		}
		info, err := e.Info()
		if err != nil {
			u.Partial = u.Partial || !errors.Is(err, fs.ErrNotExist)
			return nil
		}
		u.take(d, name, allocated(info))
		return nil
	})
	return u, err
}

// seen and span are the least and the most of the time that a growth is of.
const (
	seen = time.Minute
	span = time.Hour
)

// Watch remembers how much there was when.
type Watch []Usage

// Add appends what was measured, and returns it with its growth.
func (w *Watch) Add(u Usage) Usage {
	*w = append(*w, u)
	for len(*w) > 2 && u.At.Sub((*w)[1].At) >= span {
		*w = (*w)[1:]
	}
	if first := (*w)[0]; u.At.Sub(first.At) >= seen {
		growth := int64(float64(u.Total-first.Total) / u.At.Sub(first.At).Hours())
		u.Growth = &growth
	}
	return u
}
