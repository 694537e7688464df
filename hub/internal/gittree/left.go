package gittree

import (
	"errors"
	"fmt"
)

// Reason says why a tracked file is left out.
type Reason string

// The reasons.
const (
	Gone       Reason = "deleted in the working tree" // or below a link, which is the same for git
	OddName    Reason = "with a name that Fossil cannot hold"
	Submodule  Reason = "a submodule"
	Special    Reason = "not a regular file"
	Unreadable Reason = "not readable"
	Tangled    Reason = "below the name of another file"
	NotInHead  Reason = "not merged and not in HEAD"
	NotStored  Reason = "missing in git's object store" // of a partial clone, for instance
	StateFile  Reason = "in the hub's state directory"
	TooLarge   Reason = "too large"
)

// Left are the files that were left out for one reason.
type Left struct {
	Reason Reason
	Count  int
	First  string // name of the first one
}

// String counts them and names the first.
func (l Left) String() string {
	noun := "tracked files"
	if l.Count == 1 {
		noun = "tracked file"
	}
	return fmt.Sprintf("%d %s not seeded: %s; the first is %s", l.Count, noun, l.Reason, Quote(l.First))
}

func (t *Tree) leave(why Reason, name string) {
	for i := range t.Left {
		if t.Left[i].Reason == why {
			t.Left[i].Count++
			return
		}
	}
	t.Left = append(t.Left, Left{why, 1, name})
}

// Leave counts a file of the tree as left out, once, if err is that of opening it and the
// others can do without it. It reports whether they can.
func (t *Tree) Leave(name string, err error) bool {
	var l *leftError
	if !errors.As(err, &l) {
		return false
	}
	if _, told := t.late[name]; !told {
		if t.late == nil {
			t.late = map[string]struct{}{}
		}
		t.late[name] = struct{}{}
		t.leave(l.reason, name)
	}
	return true
}

// leftError is the error of opening a file that the others can do without.
type leftError struct {
	reason Reason
	err    error
}

func (e *leftError) Error() string {
	if e.err == nil {
		return string(e.reason)
	}
	return fmt.Sprintf("%s: %v", e.reason, e.err)
}

func (e *leftError) Unwrap() error { return e.err }
