package query

import (
	"strconv"
	"strings"
	"time"
)

// moment is a point in time as a filter names it: an age, a time of day or an
// instant. It is kept as written, so that the filter prints back as it was.
type moment struct {
	src   string
	age   time.Duration
	clock string // layout of src if it is a time of day
	date  string // layout of src if it is a date or an instant
}

const momentHint = "10m, 14:05, 2026-03-02 or 2026-03-02T14:05:00Z"

// parseMoment reads 10m (ago), 14:05, 14:05:30, 2026-03-02,
// 2026-03-02T14:05 or an RFC 3339 instant.
func parseMoment(s string) (moment, bool) {
	if d, ok := parseAge(strings.TrimPrefix(s, "-")); ok {
		return moment{src: strings.TrimPrefix(s, "-"), age: d}, true
	}
	for _, layout := range []string{"15:04", "15:04:05"} {
		if _, err := time.Parse(layout, s); err == nil {
			return moment{src: s, clock: layout}, true
		}
	}
	upper := strings.ToUpper(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if _, err := time.Parse(layout, upper); err == nil {
			return moment{src: upper, date: layout}, true
		}
	}
	return moment{}, false
}

// at returns the instant meant, seen from now and in now's zone. A time of day
// is the last one that has come.
func (m moment) at(now time.Time) time.Time {
	switch {
	case m.clock != "":
		t, _ := time.Parse(m.clock, m.src)
		y, mon, d := now.Date()
		at := time.Date(y, mon, d, t.Hour(), t.Minute(), t.Second(), 0, now.Location())
		if at.After(now) {
			at = at.AddDate(0, 0, -1)
		}
		return at
	case m.date != "":
		t, _ := time.ParseInLocation(m.date, m.src, now.Location())
		return t
	default:
		return now.Add(-m.age)
	}
}

// parseAge reads a duration that is not negative, with days and weeks as well:
// 90s, 1h30m, 2d, 1w.
func parseAge(s string) (time.Duration, bool) {
	const day = 24 * time.Hour
	for suffix, unit := range map[string]time.Duration{"d": day, "w": 7 * day} {
		if n, ok := strings.CutSuffix(s, suffix); ok {
			f, err := strconv.ParseUint(n, 10, 16)
			return time.Duration(f) * unit, err == nil
		}
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0 && s[0] != '+'
}

// parseMillis reads a duration in milliseconds, or with a unit.
func parseMillis(s string) (time.Duration, bool) {
	if n, err := strconv.ParseUint(s, 10, 40); err == nil {
		return time.Duration(n) * time.Millisecond, true
	}
	return parseAge(s)
}
