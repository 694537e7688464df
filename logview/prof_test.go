package logview_test

import (
	"context"
	"os"
	"testing"
	"time"

	"bones-tui/logview"
)

func BenchmarkX(b *testing.B) {
	for _, f := range []string{"", "-kind:raw level>=warn", `"\"level\":\"ERROR\""`, "already held by another agent", `"already held by another agent"`, `/"rpc":"tasks\.(claim|close)".*"took_ms":[0-9]{4,}/`, "took>1s", "agent:slot-api"} {
		b.Run(f, func(b *testing.B) {
			for b.Loop() {
				l, _ := logview.Open(os.Getenv("F"), logview.Options{Still: true, NoIndex: f != ""})
				fl, err := logview.ParseFilter(f)
				if err != nil {
					b.Fatal(err)
				}
				t := time.Now()
				s, _ := l.View(fl).Settle(context.Background())
				b.ReportMetric(float64(time.Since(t).Microseconds())/1000, "ms")
				b.ReportMetric(float64(s.Matches), "n")
				l.Close()
			}
		})
	}
}
