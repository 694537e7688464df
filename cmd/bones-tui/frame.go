package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bones-tui/hub"
	"bones-tui/hub/checkup"
	"bones-tui/hub/findings"
	"bones-tui/logview"
	"bones-tui/tui"
)

// The size of a frame where there is no terminal to tell one.
const (
	frameWidth  = 80
	frameHeight = 24
)

// frameFlags are those of a dashboard that is printed instead of shown.
type frameFlags struct {
	once          bool
	width, height int
}

func (f *frameFlags) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.once, "once", false, "print one frame of a hub that runs, as plain text, and leave")
	fs.IntVar(&f.width, "width", 0, "columns of the frame of --once (default: the terminal's, else 80)")
	fs.IntVar(&f.height, "height", 0, "rows of the frame of --once (default: the terminal's, else 24)")
}

// print attaches, looks once, and prints. It starts no hub.
func (f *frameFlags) print(ctx context.Context, cmd *cobra.Command, root string, ascii bool, settings tui.Settings) error {
	if f.width < 0 || f.height < 0 {
		return usageError{errors.New("--width and --height must not be negative")}
	}
	if err := toLookAt(ctx, root); err != nil {
		return err
	}
	log, err := logview.Open(hub.LogPath(root), logview.Options{Inside: filepath.Dir(hub.LogPath(root))})
	if err != nil {
		return err
	}
	c := &connector{root: root, flags: dashboardFlags{readOnly: true}, runCtx: ctx}
	host, _ := os.Hostname()    // unknown: every session counts as another host's
	home, _ := os.UserHomeDir() // only shortens the root in the frame
	width, height := f.size()
	frame, err := tui.Once(ctx, tui.Config{
		Root: root, Home: home, Name: hub.Name(root), Version: hub.Version, Host: host,
		Connect: c.connect, Log: log, Now: time.Now, ReadOnly: true, ASCII: ascii, Settings: settings,
		Checkup: func(ctx context.Context) []findings.Finding { return checkup.Run(ctx, root) },
	}, width, height)
	silent := errors.Is(err, tui.ErrUnanswered)
	if silent {
		err = nil
	}
	if err := errors.Join(err, log.Close()); err != nil {
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), frame)
	if silent {
		o := overview{Root: root, Whose: hub.Whose(root)}
		return fmt.Errorf("hub of %s: %s", root, o.without())
	}
	return nil
}

// toLookAt refuses where there is no hub that a frame could show, and says why.
func toLookAt(ctx context.Context, root string) error {
	r, err := hub.Attach(ctx, root)
	switch {
	case errors.Is(err, hub.ErrNotRunning):
		return fmt.Errorf("no hub runs in %s", root)
	case errors.Is(err, hub.ErrStarting):
		o := overview{Root: root, Whose: hub.Whose(root)}
		return fmt.Errorf("hub of %s: %s", root, o.without())
	case err != nil:
		return err
	}
	return r.Close()
}

// size is the one asked for, else the terminal's.
func (f *frameFlags) size() (width, height int) {
	width, height = frameWidth, frameHeight
	if w, h, err := term.GetSize(os.Stdout.Fd()); err == nil && w > 0 && h > 0 {
		width, height = w, h
	}
	if f.width > 0 {
		width = f.width
	}
	if f.height > 0 {
		height = f.height
	}
	return width, height
}
