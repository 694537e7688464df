//go:build unix

package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// peakMB returns the most memory this process has had, in megabytes.
func peakMB() float64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return float64(u.Maxrss) / (1 << 20)
	}
	return float64(u.Maxrss) / (1 << 10)
}
