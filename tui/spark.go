package tui

import "time"

// A sparkline remembers sparkPoints means over sparkStep each: five minutes. A finer
// step, or a point that still grows, would redraw the line every second for no better
// picture.
const (
	sparkPoints = 60
	sparkStep   = 5 * time.Second
)

// rate turns a counter that only grows into a rate and its recent past.
type rate struct {
	last   sample
	now    float64
	known  bool // two samples of one counter were seen
	points []float64
	begun  [2]sample // where the next point and the last one begin
}

// sample is the value of a counter at a time.
type sample struct {
	count float64
	at    time.Time
}

// per is the rate between two samples.
func (s sample) per(before sample) float64 {
	if d := s.at.Sub(before.at).Seconds(); d > 0 {
		return (s.count - before.count) / d
	}
	return 0
}

// add takes the counter's value at a time. A counter that fell belongs to a new
// server: its rate is unknown until the next sample.
func (r *rate) add(count float64, at time.Time) {
	s := sample{count, at}
	switch {
	case r.last.at.IsZero() || count < r.last.count:
		r.known, r.begun = false, [2]sample{s, s}
	case at.Before(r.last.at):
		return
	case at.Equal(r.last.at): // the later one knows more of the same moment
		for i := range r.begun {
			if r.begun[i].at.Equal(at) {
				r.begun[i] = s
			}
		}
	default:
		r.now, r.known = s.per(r.last), true
		if at.Sub(r.begun[0].at) >= sparkStep {
			r.push(s)
		}
	}
	r.last = s
}

// push ends a point at a sample.
func (r *rate) push(s sample) {
	if len(r.points) == sparkPoints {
		r.points = append(r.points[:0], r.points[1:]...)
	}
	r.points = append(r.points, s.per(r.begun[0]))
	r.begun = [2]sample{s, r.begun[0]}
}

// recent is the rate over the last five to ten seconds, 0 if it is not known.
func (r *rate) recent() float64 { return r.last.per(r.begun[1]) }

// forget makes the rate unknown and keeps the past.
func (r *rate) forget() { r.known, r.last = false, sample{} }

// spark draws the newest points right-aligned in width cells, scaled to the largest
// one shown. Nothing yet is blank, nothing at all is the lowest bar.
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
		if p > 0 {
			i = 1 + int(p/top*float64(len(bars)-2)+0.5)
		}
		out = append(out, bars[i]...)
	}
	return string(out)
}
