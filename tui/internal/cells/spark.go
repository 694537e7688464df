package cells

import "time"

// A sparkline remembers SparkPoints means over sparkStep each: five minutes. A finer
// step, or a point that still grows, would redraw the line every second for no better
// picture.
const (
	SparkPoints = 60
	sparkStep   = 5 * time.Second
)

// Rate turns a counter that only grows into a rate and its recent past.
type Rate struct {
	last   Sample
	Now    float64   // a second, between the last two samples
	Known  bool      // two samples of one counter were seen
	Points []float64 // its recent past, oldest first
	begun  [2]Sample // where the next point and the last one begin
}

// Sample is the value of a counter at a time.
type Sample struct {
	Count float64
	At    time.Time
}

// per is the rate between two samples.
func (s Sample) per(before Sample) float64 {
	if d := s.At.Sub(before.At).Seconds(); d > 0 {
		return (s.Count - before.Count) / d
	}
	return 0
}

// Add takes the counter's value at a time. A counter that fell belongs to a new
// server: its rate is unknown until the next sample.
func (r *Rate) Add(count float64, at time.Time) {
	s := Sample{count, at}
	switch {
	case r.last.At.IsZero() || count < r.last.Count:
		r.Known, r.begun = false, [2]Sample{s, s}
	case at.Before(r.last.At):
		return
	case at.Equal(r.last.At): // the later one knows more of the same moment
		for i := range r.begun {
			if r.begun[i].At.Equal(at) {
				r.begun[i] = s
			}
		}
	default:
		r.Now, r.Known = s.per(r.last), true
		if at.Sub(r.begun[0].At) >= sparkStep {
			r.push(s)
		}
	}
	r.last = s
}

// push ends a point at a sample.
func (r *Rate) push(s Sample) {
	if len(r.Points) == SparkPoints {
		r.Points = append(r.Points[:0], r.Points[1:]...)
	}
	r.Points = append(r.Points, s.per(r.begun[0]))
	r.begun = [2]Sample{s, r.begun[0]}
}

// Recent is the rate over the last five to ten seconds, 0 if it is not known.
func (r *Rate) Recent() float64 { return r.last.per(r.begun[1]) }

// Forget makes the rate unknown and keeps the past.
func (r *Rate) Forget() { r.Known, r.last = false, Sample{} }

// Spark draws the newest points right-aligned in width cells, scaled to the largest
// one shown. Nothing yet is blank, nothing at all is the lowest bar.
func Spark(points []float64, width int, bars []string) string {
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
