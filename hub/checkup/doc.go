// Package checkup examines a workspace and its hub from outside, as a doctor does. It starts
// nothing, signals nobody and writes nothing. Read checkup.go first, the list of the
// checks, then the file of each thing that is looked at.
package checkup
