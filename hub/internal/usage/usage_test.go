package usage_test

import (
	"testing"
	"time"

	"bones-tui/hub/internal/usage"
)

func TestGrowthIsOfTheLastHour(t *testing.T) {
	var w usage.Watch
	begin := time.Now()
	for _, step := range []struct {
		after time.Duration
		total int64
		want  any // nil while it is not known
	}{
		{0, 100, nil},
		{59 * time.Second, 200, nil},
		{time.Hour / 2, 1100, int64(2000)},
		{time.Hour, 2100, int64(2000)},
		{90 * time.Minute, 1100, int64(0)},
		{3 * time.Hour, 100, int64(-666)},
	} {
		u := w.Add(usage.Usage{At: begin.Add(step.after), Total: step.total})
		var got any
		if u.Growth != nil {
			got = *u.Growth
		}
		if got != step.want {
			t.Errorf("after %s: growth %v, want %v", step.after, got, step.want)
		}
	}
}
