//go:build race

package main

// raceOn makes tests smaller: each of the many processes is several times as slow.
const raceOn = true
