// Package findings says what needs a look in a workspace. There is one type for it, which the
// screen, the doctor and every report read. Read finding.go first, then hub.go and slots.go:
// what follows from facts that everybody has. Package checkup looks further.
package findings
