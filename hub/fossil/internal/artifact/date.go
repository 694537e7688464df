package artifact

import (
	"fmt"
	"math"
	"time"
)

// dateLayout is the form in which dates are written.
const dateLayout = "2006-01-02T15:04:05.000"

const (
	unixEpoch = 2440587.5 // Julian day number of 1970-01-01T00:00Z
	dayMillis = 86_400_000
)

// Julian returns t as a Julian day number, to the millisecond.
func Julian(t time.Time) float64 {
	return float64(t.UnixMilli()+int64(unixEpoch*dayMillis)) / dayMillis
}

// FromJulian returns the UTC time of a Julian day number, to the millisecond.
func FromJulian(j float64) time.Time {
	return time.UnixMilli(int64(math.Round(j*dayMillis)) - int64(unixEpoch*dayMillis)).UTC()
}

// FormatDate returns t as a D card shows it: UTC with milliseconds.
func FormatDate(t time.Time) string { return t.UTC().Format(dateLayout) }

// ParseDate reads a date of a card: ISO 8601 with T or a space, UTC unless it
// ends in an offset, cut to milliseconds.
func ParseDate(s string) (time.Time, error) {
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04Z07:00", "2006-01-02 15:04", "2006-01-02",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, fmt.Errorf("artifact: bad date %q", s)
}
