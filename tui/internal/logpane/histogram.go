package logpane

import (
	"time"

	"bones-tui/tui/internal/layout"

	"bones-tui/hub/hublog"
	"bones-tui/logview"
	"bones-tui/tui/internal/cells"
)

// bar is a span of time with its lines by level.
type bar struct {
	at     int64 // its number since 1970, in its own width
	levels [4]int64
}

func (b *bar) rows() (n int64) {
	for _, l := range b.levels {
		n += l
	}
	return n
}

// histogram is two lines: how many lines of the log there were over time, and below
// in which spans there were errors or warnings, so that neither a single one nor a
// screen without colours hides them. It fills at most width cells.
func histogram(t *cells.Theme, f logview.Facets, width int, z *time.Location) []string {
	times := nearTimes(f.Times)
	if len(times) == 0 {
		return []string{cells.NewLine(t, width).Gap(2).Put(t.Dim, "no line tells its time").String(), ""}
	}
	begin, end := times[0].Start, times[len(times)-1].Start.Add(f.Step)
	format := timeLayout(begin, end, z)
	margin := len(format)
	if width >= layout.StackedWidth {
		margin = max(margin, legendWidth)
	}
	room := width - len(format) - margin - 5
	if room < 1 {
		return []string{"", ""}
	}
	bars, each := bin(times, f.Step, room)
	top := int64(1)
	for i := range bars {
		top = max(top, bars[i].rows())
	}
	graph := cells.NewLine(t, width).Gap(2).Put(t.Dim, begin.In(z).Format(format)).Gap(1)
	signs := cells.NewLine(t, width).To(graph.Column())
	start := graph.Column()
	for i := range bars {
		b := &bars[i]
		at := start + int(b.at)
		st, sign := barSign(t, b)
		graph.To(at).Put(st, barGlyph(t, b.rows(), top))
		if sign != "" {
			signs.To(at).Put(st, sign)
		}
	}
	graph.Gap(1).Put(t.Dim, end.In(z).Format(format))
	if margin >= legendWidth {
		signs.To(width-margin-1).Put(t.Dim, legend(t, f, each))
	}
	return []string{graph.String(), signs.String()}
}

// legendWidth is the room for the legend at the right of the signs.
const legendWidth = 20

// legend counts what the signs stand for, and names the width of a bar.
func legend(t *cells.Theme, f logview.Facets, each time.Duration) string {
	return t.ErrorRow + " " + cells.Count(f.Levels[hublog.LevelError]) + " " + t.WarnRow + " " + cells.Count(f.Levels[hublog.LevelWarn]) +
		"  " + cells.Short(each) + "/bar"
}

func barSign(t *cells.Theme, b *bar) (cells.Style, string) {
	switch {
	case b.levels[hublog.LevelError] > 0:
		return t.Bad, t.ErrorRow
	case b.levels[hublog.LevelWarn] > 0:
		return t.Warn, t.WarnRow
	default:
		return t.Plain, ""
	}
}

// barGlyph is as high as n is of top; a bar that is not empty can be seen.
func barGlyph(t *cells.Theme, n, top int64) string {
	last := int64(len(t.Spark) - 1)
	return t.Spark[min((n*last+top-1)/top, last)]
}

// bin gathers the buckets in bars of equal width, as few buckets to a bar as fit
// into n bars. The bars begin at multiples of their width, so that they stay where
// they are while new ones come.
func bin(times []logview.Bucket, step time.Duration, n int) (bars []bar, each time.Duration) {
	unit := int64(step / time.Second)
	first, last := times[0].Start.Unix()/unit, times[len(times)-1].Start.Unix()/unit
	k := max((last-first)/int64(n), 1)
	for last/k-first/k+1 > int64(n) {
		k++
	}
	for i := range times {
		at := times[i].Start.Unix()/unit/k - first/k
		if len(bars) == 0 || bars[len(bars)-1].at != at {
			bars = append(bars, bar{at: at})
		}
		b := &bars[len(bars)-1]
		for level, rows := range times[i].Levels {
			b.levels[level] += rows
		}
	}
	return bars, time.Duration(k) * step
}

// nearTimes leaves out the buckets beyond a hole that is longer than all of the
// rest together, if few lines are there: a clock that was wrong once would press
// the whole log into a single bar.
func nearTimes(times []logview.Bucket) []logview.Bucket {
	const few, day = 100, 24 * time.Hour
	var all int64
	for i := range times {
		all += bucketRows(times[i])
	}
	for i := 1; i < len(times); i++ {
		hole := times[i].Start.Sub(times[i-1].Start)
		rest := times[len(times)-1].Start.Sub(times[0].Start) - hole
		if hole < day || hole < rest {
			continue
		}
		var before int64
		for j := range i {
			before += bucketRows(times[j])
		}
		switch {
		case before*few < all:
			return nearTimes(times[i:])
		case (all-before)*few < all:
			return nearTimes(times[:i])
		}
	}
	return times
}

func bucketRows(b logview.Bucket) (n int64) {
	for _, rows := range b.Levels {
		n += rows
	}
	return n
}

// timeLayout is as short as tells the ends of a span apart.
func timeLayout(begin, end time.Time, z *time.Location) string {
	b, e := begin.In(z), end.In(z)
	switch {
	case end.Sub(begin) < 10*time.Minute:
		return time.TimeOnly
	case b.YearDay() == e.YearDay() && b.Year() == e.Year():
		return "15:04"
	default:
		return "01-02 15:04"
	}
}
