//go:build race

package fossil_test

// raceOn makes tests smaller: SQLite is Go code here, and the race detector
// watches every one of its memory accesses.
const raceOn = true
