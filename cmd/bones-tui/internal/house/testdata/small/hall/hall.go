// Package hall uses another package.
package hall

import "small/room"

// Open is the same type under another name.
type Open = room.Model

// New returns one.
func New() *Open { return &Open{} }
