package cells

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"bones-tui/hub/units"
	"bones-tui/logview/safe"
)

// Unknown is what stands where a value cannot be known; never a zero.
const Unknown = "n/a"

// Count groups thousands: 9,881.
func Count(n int64) string { return units.Count(n) }

// Plural is "1 leaf" or "3 leaves".
func Plural(n int64, one, many string) string { return units.Plural(n, one, many) }

// Size is a number of bytes in at most five cells: 512B, 6.1M.
func Size(n float64) string { return units.Size(n) }

// PerSecond is a rate in few cells: 0.4, 12, 1,204.
func PerSecond(n float64) string {
	if n > 0 && n < 9.95 {
		return fmt.Sprintf("%.1f", n)
	}
	return Count(int64(n + 0.5))
}

// Short is a span of time in at most four cells: 16s, 299s, 6m, 3h, 12d.
func Short(d time.Duration) string { return units.Short(d) }

// Ago is how long before now something was.
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return Unknown
	}
	return Short(now.Sub(t)) + " ago"
}

// Uptime is hours, minutes and seconds, with days in front from the second on.
func Uptime(d time.Duration) string {
	d = max(d, 0)
	s := int(d / time.Second)
	clock := fmt.Sprintf("%02d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		return strconv.Itoa(days) + "d " + clock
	}
	return clock
}

// Latency is a delay as coarse as it matters: what changes by itself from one
// second to the next would draw the eye for nothing.
func Latency(d time.Duration) string {
	if d < 10*time.Millisecond {
		return "<10ms"
	}
	return Brief(d.Round(10 * time.Millisecond))
}

// Percent is a share, as coarse for the same reason.
func Percent(p float64) string {
	if p < 5 {
		return "<5%"
	}
	return fmt.Sprintf("%.0f%%", 5*math.Round(p/5))
}

// Brief is a duration of one step: 12ms, 3.1s, 4m.
func Brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return strconv.Itoa(int(d/time.Millisecond)) + "ms"
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	default:
		return Short(d)
	}
}

// Unit is the unit of a number that may not be known: unit for one, else units.
func Unit(n *int64, unit, units string) string {
	if n != nil && *n == 1 {
		return unit
	}
	return units
}

// Optional is a number that may not be known.
func Optional(n *int64) string {
	if n == nil {
		return Unknown
	}
	return Count(*n)
}

// OptionalSize is a number of bytes that may not be known.
func OptionalSize(n *int64) string {
	if n == nil {
		return Unknown
	}
	return Size(float64(*n))
}

// ShortID is the part of a hash that people quote.
func ShortID(id string) string {
	return safe.String(id[:min(8, len(id))]).String()
}

// Moment is a time, in the zone of now, and how long ago it was; nothing for no time.
func Moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(now.Location()).Format("2006-01-02 15:04:05") + "  " + Ago(t, now)
}

// Growth is what something takes more, an hour, in bytes, if that is known and to be seen.
func Growth(perHour *int64) string {
	if perHour == nil || *perHour < 1<<20 {
		return ""
	}
	return " +" + Size(float64(*perHour)) + "/h"
}

// HomePath is a path with the home directory written as ~.
func HomePath(root, home string) string {
	if n := len(home); n > 1 && len(root) >= n && root[:n] == home && (len(root) == n || root[n] == '/' || root[n] == '\\') {
		return "~" + root[n:]
	}
	return root
}
