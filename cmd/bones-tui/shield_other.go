//go:build !linux

package main

import "syscall"

// dieWithParent does nothing where the system has no such thing: a closed
// terminal still sends SIGHUP to the child.
func dieWithParent() *syscall.SysProcAttr { return nil }
