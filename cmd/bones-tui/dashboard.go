package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/shirou/gopsutil/v4/disk"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bones-tui/cmd/bones-tui/internal/config"
	"bones-tui/hub"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
	"bones-tui/logview"
	"bones-tui/tui"
)

// connectFunc makes the screen's next session.
type connectFunc func(context.Context) (tui.Session, error)

type dashboardFlags struct {
	hubFlags
	readOnly bool
	ascii    bool
	mouse    bool
	noShield bool
	frame    frameFlags
	forget   bool // the workspace will be thrown away, and how its screen was with it

	// through, if set, stands between the screen and what it is connected to. Only
	// tests set it: it is how they break the program.
	through func(connectFunc) connectFunc
}

// settings are the operator's, with what the flags say instead.
func (f *dashboardFlags) settings() (tui.Settings, error) {
	s, ascii, err := config.Load(filepath.Join(xdg.ConfigHome, "bones-tui", "config.toml"))
	f.ascii = f.ascii || ascii
	s.Mouse = s.Mouse || f.mouse
	return s, err
}

func (f *dashboardFlags) register(fs *pflag.FlagSet) {
	f.hubFlags.register(fs)
	f.frame.register(fs)
	fs.BoolVar(&f.readOnly, "read-only", os.Getenv("BONES_TUI_READ_ONLY") == "1", "watch only: no key changes anything, and no hub is started")
	fs.BoolVar(&f.ascii, "ascii", asciiLocale(os.Getenv), "draw with ASCII only; the default in a locale without UTF-8")
	fs.BoolVar(&f.mouse, "mouse", false, "the wheel scrolls and a click selects; most terminals then select text with shift")
	fs.BoolVar(&f.noShield, "no-shield", false, "run without the parent process that restores the terminal after a crash")
}

var errNoTerminal = errors.New("standard input and output are not a terminal; `bones-tui hub start` runs the hub without a screen")

// runDashboard shows the workspace's hub until the operator leaves.
func runDashboard(ctx context.Context, cmd *cobra.Command, root string, f dashboardFlags) error {
	settings, err := f.settings()
	if err != nil {
		return err
	}
	if err := hub.Verify(root); err != nil { // nothing that is in it is shown
		return err
	}
	if f.frame.once {
		return f.frame.print(ctx, cmd, root, f.ascii, settings)
	}
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return errNoTerminal
	}
	if os.Getenv("TERM") == "dumb" {
		return usageError{errors.New("TERM=dumb cannot show a screen; `bones-tui hub start` runs the hub without one")}
	}
	if !f.noShield && !shielded() {
		return shield(cmd.ErrOrStderr(), root)
	}
	if err := f.agreeToState(cmd, root); err != nil {
		return err
	}
	report, err := openCrashReport()
	if err != nil {
		return err
	}
	return report.close(showDashboard(ctx, cmd, root, f, settings))
}

// agreeToState asks the operator whether to use what no hub of theirs has made, before a
// screen hides the question.
func (f *dashboardFlags) agreeToState(cmd *cobra.Command, root string) error {
	found, ok := hub.FoundState(root)
	if !ok || f.trustState || f.readOnly || hub.Whose(root).Answer != hub.OwnedFree { // nothing will be started
		return nil
	}
	out := cmd.ErrOrStderr()
	say(out, "%s holds %s.", found.Dir, found)
	say(out, "No hub of yours has made it: it may have come with the checkout.")
	fmt.Fprint(out, "bones-tui: start a hub on it? [y/N] ")
	answer, err := readLine(cmd.InOrStdin())
	if err != nil {
		return err
	}
	if !strings.EqualFold(answer, "y") && !strings.EqualFold(answer, "yes") {
		return &hub.FoundError{Found: found}
	}
	f.trustState = true
	return nil
}

// readLine reads a short line and nothing beyond it: what is typed ahead is the screen's.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < 80; {
		n, err := r.Read(b)
		if n == 1 && b[0] == '\n' || errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		line = append(line, b[:n]...)
	}
	return strings.TrimSpace(string(line)), nil
}

func showDashboard(ctx context.Context, cmd *cobra.Command, root string, f dashboardFlags, settings tui.Settings) error {
	c := &connector{root: root, flags: f, runCtx: context.WithoutCancel(ctx)}
	log, err := logview.Open(hub.LogPath(root), logview.Options{Inside: filepath.Dir(hub.LogPath(root))})
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, endSignals...)
	defer signal.Stop(signals)
	host, _ := os.Hostname()    // unknown: every session counts as another host's
	home, _ := os.UserHomeDir() // only shortens the root on the screen
	state := filepath.Join(xdg.StateHome, "bones-tui", "screen-"+hub.ID(root)+".json")
	if f.forget {
		state = ""
	}
	saved := recovery{root: root, dir: filepath.Join(xdg.StateHome, "bones-tui")}
	session := connectFunc(c.connect)
	if f.through != nil {
		session = f.through(session)
	}
	outcome, err := tui.Run(ctx, tui.Config{
		Root: root, Home: home, Name: hub.Name(root), Version: hub.Version, Host: host,
		Connect: session, Background: c.background, Reseed: c.reseed, Replace: c.replace, Running: c.running, Log: log, Signals: signals,
		Patch: saved.patches, Recovery: saved,
		Now: time.Now, ReadOnly: f.readOnly, ASCII: f.ascii,
		DrainTimeout: f.drainTimeout, SaveDir: saved.dir,
		StateFile: state,
		Settings:  settings, FreeDisk: freeDisk(root),
		Checkup: func(ctx context.Context) []findings.Finding { return checkup.Run(ctx, root) },
		Dismiss: func(ctx context.Context, id string) error {
			_, err := hub.Dismiss(ctx, root, id)
			return err
		},
	})
	panicked := errors.As(err, new(*tui.PanicError))
	err = errors.Join(err, c.close(panicked), log.Close())
	if outcome.Ending == tui.EndedRefused {
		return errors.Join(outcome.Err, err)
	}
	if panicked { // how it should have ended is not how it did
		return err
	}
	say(cmd.ErrOrStderr(), "%s", outcome)
	if err == nil && outcome.Ending == tui.EndedFailed {
		return exitError{exitFailed}
	}
	return err
}

// freeDisk tells how much of the disk under a directory is free.
func freeDisk(dir string) func(context.Context) (uint64, error) {
	return func(ctx context.Context) (uint64, error) {
		u, err := disk.UsageWithContext(ctx, dir)
		if err != nil {
			return 0, err
		}
		return u.Free, nil
	}
}
