//go:build race

package hub_test

// raceOn says that the race detector takes memory of its own, which it does not give back.
const raceOn = true
