// Package lastrun compares what is in a workspace with what its last hub has left there. A
// start, a running hub and the doctor make the same comparisons by the same functions; what
// they find are incidents. Read marks.go first: what a hub writes down for the next one.
// Then one file for each thing that is compared: repository.go, store.go, toldcheckins.go,
// copiedcheckouts.go. oddstreams.go tells which streams no hub has set up like this.
package lastrun
