package slots

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Any client of the hub can write anything into its buckets, streams and logs. These
// bound what that makes of the process that reads them.
const (
	maxRecord  = 256 << 10 // bytes of a record that is decoded; the command line writes 64 KiB at most
	maxRecords = 20_000    // of one bucket that are kept
	maxListed  = 32 << 20  // bytes of values in one list of a bucket
	maxName    = 512       // bytes of a name that is kept: of a slot, an agent, a host
	maxText    = 2 << 10   // bytes of a title, comment or reason that is kept
	maxUnread  = 1000      // unreadable records of one source that are counted
	maxQuoted  = 60        // bytes of a key in a sentence
	maxWhy     = 120       // bytes of a reason in a sentence
)

// decode reads a record of others into v. What they can write is refused by its size
// before it is looked at.
func decode(what string, data []byte, v any) error {
	if len(data) > maxRecord {
		return fmt.Errorf("slots: decode %s: %w", what, tooLarge(len(data)))
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("slots: decode %s: %w", what, err)
	}
	return nil
}

// tooLarge is the size of a record that is not decoded.
type tooLarge int

func (n tooLarge) Error() string {
	return fmt.Sprintf("%d bytes are more than the %d that are read", int(n), maxRecord)
}

// clip shortens a text to about limit bytes, in whole characters, and marks that. The
// result does not keep the rest of a long text in memory.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// clipAll shortens names in place.
func clipAll(names ...*string) {
	for _, s := range names {
		*s = clip(*s, maxName)
	}
}

// unread is what could not be taken in of one source, each record once.
type unread struct {
	source string // as its sentence calls it: "records of bones-tasks"
	why    map[string]string
	full   bool // the source holds more than is kept
	stale  bool // text does not say it yet
	text   string
}

// note takes whether a record could be read; nil says that it can, or is gone.
func (u *unread) note(key string, err error) {
	old, known := u.why[key]
	switch {
	case err == nil && !known:
	case err == nil:
		delete(u.why, key)
		u.stale = true
	case known || len(u.why) < maxUnread:
		if u.why == nil {
			u.why = map[string]string{}
		}
		u.why[key] = reason(err)
		u.stale = u.stale || u.why[key] != old
	}
}

// reason is an error without the words that name the decoder.
func reason(err error) string {
	text := err.Error()
	if rest, ok := strings.CutPrefix(text, "slots: decode "); ok {
		_, text, _ = strings.Cut(rest, ": ")
	}
	return clip(text, maxWhy)
}

// overflow notes that the source holds more than is kept.
func (u *unread) overflow() {
	u.stale = u.stale || !u.full
	u.full = true
}

// reset forgets everything, for the source is read anew.
func (u *unread) reset() {
	u.stale = u.stale || u.full || len(u.why) > 0
	u.full = false
	clear(u.why)
}

// String is one sentence, "" if everything was read.
func (u *unread) String() string {
	if !u.stale {
		return u.text
	}
	u.stale = false
	var parts []string
	if n := len(u.why); n > 0 {
		key := slices.Min(slices.Collect(maps.Keys(u.why)))
		count := fmt.Sprint(n)
		if n == maxUnread {
			count = "at least " + count
		}
		parts = append(parts, fmt.Sprintf("%s %s could not be read: %q: %s", count, u.source, clip(key, maxQuoted), u.why[key]))
	}
	if u.full {
		parts = append(parts, fmt.Sprintf("there are more %s than the %d that are shown", u.source, maxRecords))
	}
	u.text = strings.Join(parts, "; ")
	return u.text
}
