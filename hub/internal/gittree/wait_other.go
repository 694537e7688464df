//go:build !unix

package gittree

// dontWait is nothing where there are no pipes among files.
const dontWait = 0
