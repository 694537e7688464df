package family

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

const rightsRoom = 0

// SocketPair fails: descriptors cannot be passed on here, so a hub has no keeper, and
// cannot be handed over.
func SocketPair() (a, b *os.File, err error) { return nil, nil, errors.ErrUnsupported }

func rights(*os.File) ([]byte, error) { return nil, nil }

func granted([]byte) ([]*os.File, error) { return nil, nil }

func inherited(int) *os.File { return nil }

// ownSession frees a process from its starter's console and process group.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS}
}
