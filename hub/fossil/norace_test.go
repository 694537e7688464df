//go:build !race

package fossil_test

const raceOn = false
