package logview_test

import (
	"context"
	"os"
	"syscall"
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
				var r0, r1 syscall.Rusage
				syscall.Getrusage(0, &r0)
				t := time.Now()
				s, _ := l.View(fl).Settle(context.Background())
				b.ReportMetric(float64(time.Since(t).Microseconds())/1000, "ms")
				syscall.Getrusage(0, &r1)
				b.ReportMetric(float64(r1.Utime.Nano()-r0.Utime.Nano())/1e6, "user-ms")
				b.ReportMetric(float64(r1.Stime.Nano()-r0.Stime.Nano())/1e6, "sys-ms")
				b.ReportMetric(float64(s.Matches), "n")
				l.Close()
			}
		})
	}
}
