package main

import (
	"os"
	"syscall"
)

// endSignals are those that end the program politely. A closed terminal sends
// SIGHUP, and an unhandled one would kill the hub without a drain.
var endSignals = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
