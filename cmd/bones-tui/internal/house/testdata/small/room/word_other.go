//go:build ignore

package room

var other = word
