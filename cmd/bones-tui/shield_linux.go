package main

import "syscall"

// dieWithParent has the kernel tell a child that its shield was killed. Nobody has asked
// for its end, so that is as good as a closed terminal: agents are not stranded.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGHUP} }
