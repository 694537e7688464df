package seed

import (
	"errors"
	"fmt"
)

// ErrPrecondition is returned when the workspace has nothing that a
// repository could be seeded from; the error is an *Error.
var ErrPrecondition = errors.New(
	"no git-tracked files to seed hub fossil from; commit at least one " +
		"file (`git add . && git commit -m init`) before running " +
		"bones hub start")

// ErrTrackedState is matched by the error of a start in a workspace where git tracks what
// only a hub may write: it would be trusted, whoever has made it. The error is an *Error.
var ErrTrackedState = errors.New("hub: git tracks files of the state directory")

// Error says why a workspace cannot be seeded and what to do about it.
type Error struct {
	Root   string
	Reason string // what is missing
	Next   string // the command that mends it
	Err    error  // git's own words, if any
}

// Error is one line: where, what, and the next step.
func (e *Error) Error() string {
	return fmt.Sprintf("%s: %s; %s", e.Root, e.Reason, e.Next)
}

// Is reports that the error is an ErrPrecondition.
func (e *Error) Is(target error) bool { return target == ErrPrecondition }

// Unwrap returns git's own error.
func (e *Error) Unwrap() error { return e.Err }
