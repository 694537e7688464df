package slots

import (
	"cmp"
	"encoding/hex"
	"path/filepath"
	"slices"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
)

// ToldCheckIn is a check-in that a slot says it has made.
type ToldCheckIn struct {
	UUID, Slot string
	At         time.Time
}

// Bounds of what is read of it.
const (
	maxTold = 10_000  // check-ins, the newest
	toldLog = 1 << 20 // of each slot
)

// ToldCheckIns returns the check-ins of which the slots of the workspace at root have told
// after a time, in their own logs or in the history of all slots, the oldest first and each
// once. What is dated after the last change of its log counts as told then.
func ToldCheckIns(root string, after time.Time) (all []ToldCheckIn) {
	d, seen := bonesdir.At(root), map[string]bool{}
	put := func(uuid, slot string, at, latest time.Time) {
		if at.After(latest) {
			at = latest
		}
		if isHash(uuid) && at.After(after) && !seen[uuid] {
			seen[uuid] = true
			all = append(all, ToldCheckIn{uuid, slot, at})
		}
	}
	history := tail{path: d.SwarmEvents(), back: oldEvents}
	latest := changed(history.path)
	history.all(func(line []byte) {
		if e, err := DecodeSlotEvent(line); err == nil && e.Event == SlotCommit {
			put(e.CommitUUID, e.Slot, e.At, latest)
		}
	})
	dirs, _ := inside.ReadDir(d.State, d.Swarm()) // what is wrong with it is told by those who need it
	for _, e := range dirs {
		if !e.IsDir() || !ValidName(e.Name()) {
			continue
		}
		log := tail{path: filepath.Join(d.Slot(e.Name()), bonesdir.SlotLog), back: toldLog}
		latest := changed(log.path)
		log.all(func(line []byte) {
			if l, err := DecodeLogLine(line); err == nil && l.Event == LogCommit {
				put(l.CheckIn, e.Name(), l.At, latest)
			}
		})
	}
	slices.SortStableFunc(all, func(a, b ToldCheckIn) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.UUID, b.UUID)) })
	return all[max(0, len(all)-maxTold):]
}

// changed is when a file was changed last, the zero time if there is none.
func changed(path string) time.Time {
	info, err := inside.Stat(filepath.Dir(path), path, inside.File)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// isHash reports whether a text is the full name of a check-in.
func isHash(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil && (len(text) == 40 || len(text) == 64)
}
