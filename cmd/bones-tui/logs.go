package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"bones-tui/hub"
	"bones-tui/logview"
)

// logsFlags are those of `bones-tui logs`.
type logsFlags struct {
	file   string
	since  string
	last   int
	follow bool
	json   bool
	count  bool
}

func newLogsCommand(rootDir *string) *cobra.Command {
	var f logsFlags
	cmd := &cobra.Command{
		Use:   "logs [FILTER…]",
		Short: "Print hub.log and its rotated files, filtered",
		Long: "Print hub.log and its rotated files as one history. The filter is that of the dashboard's log pane.\n" +
			"It never starts a hub. Write !term to exclude a term, for a leading - is a flag.",
		Example: "bones-tui logs level>=warn\nbones-tui logs -f 'agent:slot-* -event:hook'\nbones-tui logs --since 10m --json 'rpc:tasks.claim has:err'",
		RunE: func(cmd *cobra.Command, args []string) error {
			path := f.file
			if path == "" {
				root, err := findRoot(*rootDir)
				if err != nil {
					return err
				}
				path = hub.LogPath(root)
			}
			return f.print(cmd, path, strings.Join(args, " "))
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.file, "file", "", "read this log instead of the workspace's")
	fs.StringVar(&f.since, "since", "", "leave out what is older: 10m, 14:05, 2026-03-02 or an RFC 3339 instant")
	fs.IntVar(&f.last, "last", 0, "print only the last N rows")
	fs.BoolVarP(&f.follow, "follow", "f", false, "go on with what is added")
	fs.BoolVar(&f.json, "json", false, "print lines as they are in the file")
	fs.BoolVar(&f.count, "count", false, "print only how many rows match")
	return cmd
}

func (f *logsFlags) print(cmd *cobra.Command, path, query string) error {
	filter, err := logview.ParseFilter(query)
	if err != nil {
		return usageError{err}
	}
	if f.last < 0 {
		return usageError{errors.New("--last must not be negative")}
	}
	if f.follow && f.count {
		return usageError{errors.New("--count and --follow exclude each other")}
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
	defer stop()
	o := logview.PrintOptions{
		Filter: filter, Since: f.since, Last: f.last, Follow: f.follow, Count: f.count, JSON: f.json, Notes: cmd.ErrOrStderr(),
	}
	if term.IsTerminal(os.Stdout.Fd()) {
		o.Location, o.Color = time.Local, os.Getenv("NO_COLOR") == ""
	}
	err = logview.Print(ctx, cmd.OutOrStdout(), path, o)
	var syntax *logview.SyntaxError
	if errors.As(err, &syntax) {
		return usageError{err}
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
