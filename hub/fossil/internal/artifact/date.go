package artifact

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
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

// First and Last are the dates that a card can hold.
var (
	First = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	Last  = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
)

// FromJulian returns the UTC time of a Julian day number, to the millisecond. What is in
// a table may be anything: it is kept between First and Last, which JSON can hold too.
func FromJulian(j float64) time.Time {
	switch {
	case !(j >= Julian(First)): // NaN too
		return First
	case j >= Julian(Last):
		return Last
	}
	return time.UnixMilli(int64(math.Round(j*dayMillis)) - int64(unixEpoch*dayMillis)).UTC()
}

// FormatDate returns t as a D card shows it: UTC with milliseconds.
func FormatDate(t time.Time) string { return t.UTC().Format(dateLayout) }

// date matches the calendar forms that SQLite, and so Fossil, takes in a card.
var date = regexp.MustCompile(
	`^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?(?:[Zz]|([+-])(\d\d):(\d\d))?)?$`)

// ParseDate reads a date of a card: ISO 8601, UTC unless it ends in an offset,
// rounded to milliseconds. Like SQLite it takes day 31 in any month and hour
// 24, and counts on.
func ParseDate(s string) (time.Time, error) {
	m := date.FindStringSubmatch(s)
	if m == nil {
		return time.Time{}, fmt.Errorf("artifact: bad date %q", s)
	}
	month, day, hour, minute := number(m[2]), number(m[3]), number(m[4]), number(m[5])
	seconds, _ := strconv.ParseFloat("0"+m[6], 64) // digits by the pattern
	offset := number(m[7]+m[8])*60 + number(m[7]+m[9])
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || seconds >= 60 ||
		max(offset, -offset) > 14*60 || number(m[9]) > 59 {
		return time.Time{}, fmt.Errorf("artifact: date %q out of range", s)
	}
	t := time.Date(number(m[1]), time.Month(month), day, hour, minute-offset, 0, 0, time.UTC)
	return t.Add(time.Duration(seconds*1000+0.5) * time.Millisecond), nil
}

// number returns the value of a few digits with an optional sign, 0 for none.
func number(digits string) int {
	n, _ := strconv.Atoi(digits) // digits by the pattern, or empty
	return n
}
