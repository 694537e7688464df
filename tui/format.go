package tui

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"bones-tui/logview/safe"
)

// unknown is what stands where a value cannot be known; never a zero.
const unknown = "n/a"

// count groups thousands: 9,881.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is "1 leaf" or "3 leaves".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// size is a number of bytes in at most five cells: 512B, 6.1M.
func size(n float64) string {
	const units = "BKMGTP"
	i := 0
	for n >= 999.5 && i < len(units)-1 {
		n /= 1024
		i++
	}
	if i == 0 || n >= 9.95 {
		return fmt.Sprintf("%.0f%c", n, units[i])
	}
	return fmt.Sprintf("%.1f%c", n, units[i])
}

// perSecond is a rate in few cells: 0.4, 12, 1,204.
func perSecond(n float64) string {
	if n > 0 && n < 9.95 {
		return fmt.Sprintf("%.1f", n)
	}
	return count(int64(n + 0.5))
}

// short is a span of time in at most four cells: 16s, 299s, 6m, 3h, 12d.
func short(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < 5*time.Minute:
		return strconv.Itoa(int(d/time.Second)) + "s"
	case d < 2*time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	default:
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	}
}

// ago is how long before now something was.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return short(now.Sub(t)) + " ago"
}

// uptime is hours, minutes and seconds, with days in front from the second on.
func uptime(d time.Duration) string {
	d = max(d, 0)
	s := int(d / time.Second)
	clock := fmt.Sprintf("%02d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		return strconv.Itoa(days) + "d " + clock
	}
	return clock
}

// latency is a delay as coarse as it matters: what changes by itself from one
// second to the next would draw the eye for nothing.
func latency(d time.Duration) string {
	if d < 10*time.Millisecond {
		return "<10ms"
	}
	return brief(d.Round(10 * time.Millisecond))
}

// percent is a share, as coarse for the same reason.
func percent(p float64) string {
	if p < 5 {
		return "<5%"
	}
	return fmt.Sprintf("%.0f%%", 5*math.Round(p/5))
}

// brief is a duration of one step: 12ms, 3.1s, 4m.
func brief(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return strconv.Itoa(int(d/time.Millisecond)) + "ms"
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	default:
		return short(d)
	}
}

// one is the unit of a number that may not be known.
func one(n *int64, unit, units string) string {
	if n != nil && *n == 1 {
		return unit
	}
	return units
}

// optional is a number that may not be known.
func optional(n *int64) string {
	if n == nil {
		return unknown
	}
	return count(*n)
}

func optionalSize(n *int64) string {
	if n == nil {
		return unknown
	}
	return size(float64(*n))
}

// shortID is the part of a hash that people quote.
func shortID(id string) string {
	return safe.String(id[:min(8, len(id))]).String()
}

// moment is a time and how long ago it was.
func moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(now.Location()).Format("2006-01-02 15:04:05") + "  " + ago(t, now)
}
