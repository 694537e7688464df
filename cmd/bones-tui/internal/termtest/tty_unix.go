//go:build unix

package termtest

import (
	"errors"
	"os"
	"syscall"

	"github.com/charmbracelet/x/termios"
	"golang.org/x/sys/unix"
)

// pollable returns f in a form in which Close ends a pending Read, which a file that was opened for pty's ioctls does not.
// It takes f over.
func pollable(f *os.File) (*os.File, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// control calls do with the descriptor of f, and leaves f pollable, which f.Fd does not.
func control(f *os.File, do func(fd int) error) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil {
		return err
	}
	return failed
}

func setSize(f *os.File, width, height int) error {
	size := &unix.Winsize{Row: uint16(height), Col: uint16(width)}
	return control(f, func(fd int) error { return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, size) })
}

// lineModes names what is off in the terminal driver behind f that a shell has on.
func lineModes(f *os.File) ([]string, error) {
	var t *unix.Termios
	err := control(f, func(fd int) (err error) {
		t, err = termios.GetTermios(fd)
		return err
	})
	if err != nil {
		return nil, err
	}
	var off []string
	for _, m := range []struct {
		on   bool
		name string
	}{
		{t.Lflag&unix.ECHO != 0, "echo off"},
		{t.Lflag&unix.ICANON != 0, "line mode off"},
		{t.Lflag&unix.ISIG != 0, "signal keys off"},
		{t.Iflag&unix.ICRNL != 0, "enter sends no newline"},
		{t.Oflag&unix.OPOST != 0, "newline does not return"},
	} {
		if !m.on {
			off = append(off, m.name)
		}
	}
	return off, nil
}

// kill ends p and its process group.
func kill(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = p.Kill() // an error means that it is gone
}

func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}
