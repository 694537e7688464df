// Package checkup examines a workspace and its hub from outside, as a doctor does. It starts
// nothing, signals nobody and writes nothing. Read finding.go first, what is found; then
// checkup.go, the list of the checks; then a file for each thing that is looked at.
package checkup
