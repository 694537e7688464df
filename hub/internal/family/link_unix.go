//go:build !windows

package family

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// rightsRoom is room for one descriptor.
var rightsRoom = unix.CmsgSpace(4)

// SocketPair makes both ends of a conversation as descriptors to pass on. Programs that are
// started meanwhile do not get them.
func SocketPair() (a, b *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return os.NewFile(uintptr(fds[0]), "link"), os.NewFile(uintptr(fds[1]), "link"), nil
}

// rights is the control message that passes a file on. The file stays as it is: File.Fd
// would make a listener block for all who share it.
func rights(f *os.File) (oob []byte, err error) {
	if f == nil {
		return nil, nil
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	err = raw.Control(func(fd uintptr) { oob = unix.UnixRights(int(fd)) })
	return oob, err
}

// granted are the files that a control message passes.
func granted(oob []byte) (files []*os.File, err error) {
	if len(oob) == 0 {
		return nil, nil
	}
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	for i := range msgs {
		fds, err := unix.ParseUnixRights(&msgs[i])
		if err != nil {
			return files, err
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "passed"))
		}
	}
	return files, nil
}

// inherited is a descriptor that this process was started with, nil if it is not open.
func inherited(fd int) *os.File {
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC); err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), "inherited")
}

// ownSession frees a process from its starter's terminal and process group.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
