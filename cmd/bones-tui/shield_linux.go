package main

import "syscall"

// dieWithParent has the kernel ask a child to end when its shield is killed.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
