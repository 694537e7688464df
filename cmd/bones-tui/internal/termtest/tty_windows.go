package termtest

import (
	"os"

	"github.com/creack/pty"
)

func pollable(*os.File) (*os.File, error) { return nil, pty.ErrUnsupported }

func setSize(*os.File, int, int) error { return pty.ErrUnsupported }

func lineModes(*os.File) ([]string, error) { return nil, pty.ErrUnsupported }

func kill(p *os.Process) { _ = p.Kill() }

func exitCode(s *os.ProcessState) int { return s.ExitCode() }
