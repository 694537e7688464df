// Package units writes numbers, sizes and spans of time for people, in few characters.
package units

import (
	"fmt"
	"strconv"
	"time"
)

// Count groups thousands: 9,881.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural is "1 leaf" or "3 leaves".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Size is a number of bytes in at most five cells: 512B, 6.1M.
func Size(n float64) string {
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

// Short is a span of time in at most four cells: 16s, 299s, 6m, 3h, 12d.
func Short(d time.Duration) string {
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
