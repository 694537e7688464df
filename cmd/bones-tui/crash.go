package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/adrg/xdg"

	"bones-tui/hub"
	"bones-tui/logview/safe"
	"bones-tui/tui"
)

// A crash report is a file that the shield names before the dashboard begins. What
// the Go runtime prints as it dies goes there too, so does a panic that the screen
// has caught; an orderly end removes it. A report that is there after the end of the
// process means a crash.

// shieldEnv names the crash report in the environment of a shielded child.
const shieldEnv = "BONES_TUI_CRASH_REPORT"

// reportsKept is how long a crash report is kept.
const reportsKept = 30 * 24 * time.Hour

// newCrashReport is where the report of a child of this process goes. Old reports go.
func newCrashReport() (path string, err error) {
	path, err = xdg.StateFile(filepath.Join("bones-tui", reportName(os.Getpid(), 1)))
	if err != nil {
		return "", fmt.Errorf("place a crash report: %w", err)
	}
	dir := filepath.Dir(path)
	removeOldReports(dir, time.Now())
	return unusedReport(dir, os.Getpid()), nil
}

// unusedReport is a path where nothing is: the report of an earlier process that had
// the same pid is kept, and is not taken for that of this one.
func unusedReport(dir string, pid int) string {
	for i := 1; ; i++ {
		path := filepath.Join(dir, reportName(pid, i))
		if _, err := os.Lstat(path); err != nil {
			return path
		}
	}
}

func reportName(pid, i int) string {
	if i == 1 {
		return fmt.Sprintf("crash-%d.txt", pid)
	}
	return fmt.Sprintf("crash-%d-%d.txt", pid, i)
}

// removeOldReports spares the empty ones: their dashboards may still run. What it cannot
// remove stays for the next time.
func removeOldReports(dir string, now time.Time) {
	reports, _ := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	for _, path := range reports {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 && now.Sub(info.ModTime()) > reportsKept {
			_ = os.Remove(path)
		}
	}
}

// crashReport is that of this process; nil without a shield.
type crashReport struct{ file *os.File }

// openCrashReport sends what a dying Go program prints to the shield's file too.
func openCrashReport() (*crashReport, error) {
	path := os.Getenv(shieldEnv)
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open crash report: %w", err)
	}
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		return nil, errors.Join(fmt.Errorf("open crash report: %w", err), f.Close())
	}
	return &crashReport{f}, nil
}

// close takes the error that the dashboard ended with. A panic is written to the
// report, which the shield tells of; anything else is an orderly end.
func (c *crashReport) close(err error) error {
	var p *tui.PanicError
	switch {
	case c == nil:
		return err
	case !errors.As(err, &p):
		return errors.Join(err, c.file.Close(), os.Remove(c.file.Name()))
	}
	_, werr := fmt.Fprintf(c.file, "%v\n\n%s\n%v\n", p, p.Stack, err)
	if err := errors.Join(werr, c.file.Close()); err != nil {
		return errors.Join(p, fmt.Errorf("write the crash report: %w", err))
	}
	return exitError{exitFailed}
}

// finishCrashReport adds what only the shield knows to the report of a child that has
// crashed, and says in one line why, and where the report is.
func finishCrashReport(w io.Writer, path string, child *os.ProcessState) {
	why, err := firstLineOf(path)
	if err == nil {
		err = appendTo(path, fmt.Sprintf("\nbones-tui %s, pid %d: %v at %s\ncommand line: %q\n",
			hub.Version, child.Pid(), child, time.Now().UTC().Format(time.RFC3339), os.Args))
	}
	if err != nil {
		say(w, "the crash report is incomplete: %v", err)
	}
	say(w, "the dashboard crashed (%s); report: %s", cmp.Or(why, child.String()), path)
}

// firstLineOf is the beginning of a file, fit to be printed.
func firstLineOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	buf := make([]byte, 512)
	n, err := io.ReadFull(f, buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\n")
	const room = 100
	return safe.Line(line, room).String(), errors.Join(err, f.Close())
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// crashCode is the exit code of a child that has crashed: its own, or 128 plus the
// number of the signal that ended it, as a shell has it.
func crashCode(child *os.ProcessState) int {
	if ws, ok := child.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return bySignal + int(ws.Signal())
	}
	return child.ExitCode()
}
