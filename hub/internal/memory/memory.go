// Package memory gives memory that a burst of work has taken back to the system. The runtime
// would keep it for minutes: an idle process collects no garbage.
package memory

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// Every is how often Watch looks, which takes microseconds.
	Every = 2 * time.Second
	// worth is how much there must be to give back, for a collection to pay.
	worth = 24 << 20
)

// Watch gives memory back whenever the process holds much more than it held after the last
// time, and has stopped to take more. It returns at the end of ctx.
func Watch(ctx context.Context) {
	tick := time.NewTicker(Every)
	defer tick.Stop()
	rest, last := held(), uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := held()
		grows := now > last+last/8
		last = now
		rest = min(rest, now)
		if now < rest+worth || grows {
			continue
		}
		runtime.GC() // pools keep what they have for one collection
		debug.FreeOSMemory()
		rest = held()
		last = rest
	}
}

// held returns the bytes that the runtime has from the system.
func held() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}
