package logview

import (
	"strings"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/lines"
	"bones-tui/logview/internal/query"
)

// Values returns values that the newest part of the log holds, by field name,
// the latest first: what Complete has to offer.
func (l *Log) Values() Values {
	const units, most = 8, 200
	e := evaluators.Get().(*evaluator)
	defer evaluators.Put(e)
	seen := map[string]map[string]bool{}
	out := Values{}
	left := units
	segs := l.history()
	for i := len(segs) - 1; i >= 0 && left > 0; i-- {
		whole, _ := segs[i].sizes()
		for k := unitCount(whole) - 1; k >= 0 && left > 0; k-- {
			left--
			e.find(newPlan(nil, time.Time{}, nil), segs[i], k, 0)
			for j := len(e.refs) - 1; j >= 0; j-- {
				if r := &e.refs[j]; r.class.IsEntry() {
					collectValues(out, seen, r, most)
				}
			}
		}
	}
	return out
}

func collectValues(out Values, seen map[string]map[string]bool, r *ref, most int) {
	entry, err := hublog.DecodeString(lines.StringOf(r.head))
	if err != nil {
		return
	}
	for name, value := range query.Offers(&entry) {
		if len(out[name]) == most || seen[name][value] {
			continue
		}
		if seen[name] == nil {
			seen[name] = map[string]bool{}
		}
		value = strings.Clone(value) // it lies in the evaluator's buffer
		seen[name][value] = true
		out[name] = append(out[name], value)
	}
}
