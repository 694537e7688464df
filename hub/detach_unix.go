//go:build unix

package hub

import "syscall"

// ownSession frees a process from its starter's terminal and process group.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
