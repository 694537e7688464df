package logpane

import (
	"bones-tui/hub/hublog"
	"bones-tui/logview"
)

// Values are what the log, the rows at hand and others hold, for completion. What others hold is
// handed over as pairs of a field and a value.
func (p *Pane) Values(others [][2]string) logview.Values {
	seen := map[field]bool{}
	out := logview.Values{}
	for name, values := range p.seen {
		for _, v := range values {
			seen[field{name, v}] = true
		}
		out[name] = append(out[name], values...)
	}
	add := func(f field) {
		if f.value != "" && !seen[f] {
			seen[f] = true
			out[f.name] = append(out[f.name], f.value)
		}
	}
	for i := range p.Window.Rows {
		for _, f := range fields(&p.Window.Rows[i]) {
			if f.name != "msg" && f.name != "err" {
				add(f)
			}
		}
	}
	for _, o := range others {
		add(field{o[0], o[1]})
	}
	for _, kind := range []string{hublog.EventRPC, hublog.EventHook, hublog.EventLifecycle, hublog.EventError} {
		add(field{"event", kind})
	}
	return out
}
