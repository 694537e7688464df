package tui

import "time"

// sparkPoints is how many samples a sparkline remembers: a minute, at one a second.
const sparkPoints = 60

// rate turns a counter that only grows into a rate and its recent past.
type rate struct {
	count  float64
	at     time.Time
	now    float64
	known  bool // two samples of one counter were seen
	points []float64
}

// add takes the counter's value at a time. A counter that fell belongs to a new
// server: its rate is unknown until the next sample.
func (r *rate) add(value float64, at time.Time) {
	elapsed := at.Sub(r.at).Seconds()
	switch {
	case r.at.IsZero() || value < r.count:
		r.known = false
	case elapsed <= 0:
		return
	default:
		r.now, r.known = (value-r.count)/elapsed, true
		if len(r.points) == sparkPoints {
			r.points = append(r.points[:0], r.points[1:]...)
		}
		r.points = append(r.points, r.now)
	}
	r.count, r.at = value, at
}

// recent is the mean of the newest n points, 0 if there are none.
func (r *rate) recent(n int) float64 {
	points := r.points[max(0, len(r.points)-n):]
	sum := 0.0
	for _, p := range points {
		sum += p
	}
	return sum / float64(max(len(points), 1))
}

// forget makes the rate unknown and keeps the past.
func (r *rate) forget() { r.known, r.at = false, time.Time{} }

// spark draws the newest points right-aligned in width cells, scaled to the
// largest one shown. Nothing yet is blank, nothing at all is the lowest bar.
func spark(points []float64, width int, bars []string) string {
	if width < 1 {
		return ""
	}
	points = points[max(0, len(points)-width):]
	top := 0.0
	for _, p := range points {
		top = max(top, p)
	}
	out := make([]byte, 0, width*3)
	for range width - len(points) {
		out = append(out, ' ')
	}
	for _, p := range points {
		i := 0
		if top > 0 && p > 0 {
			i = 1 + int(p/top*float64(len(bars)-2)+0.5)
		}
		out = append(out, bars[min(i, len(bars)-1)]...)
	}
	return string(out)
}
