package hub

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// ownSession frees a process from its starter's console and process group.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS}
}
