// Package gittree reads what git shows of a work tree: the commit, the tracked files as
// they are now, and what stands in the way of either.
//
// The repository is a stranger's. No program of its choosing runs: git gets a fixed
// environment and fixed switches, only commands that start no others are used, and what
// they print is checked before it is believed. Nothing outside the work tree is opened,
// whatever links are in it.
package gittree
