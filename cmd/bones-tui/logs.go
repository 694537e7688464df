package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
			if err := f.check(cmd.Flags()); err != nil {
				return err
			}
			path := f.file
			if path == "" {
				root, err := findTrusted(*rootDir)
				if err != nil {
					return err
				}
				path = hub.LogPath(root)
			}
			return f.print(cmd, path, strings.Join(args, " "))
		},
	}
	cmd.SetFlagErrorFunc(logsFlagError)
	fs := cmd.Flags()
	fs.StringVar(&f.file, "file", "", "read this log instead of the workspace's")
	fs.StringVar(&f.since, "since", "", "leave out what is older: 10m, 14:05, 2026-03-02 or an RFC 3339 instant")
	fs.IntVar(&f.last, "last", 0, "print only the last N rows; 0 with -f: only what is added")
	fs.BoolVarP(&f.follow, "follow", "f", false, "go on with what is added")
	fs.BoolVar(&f.json, "json", false, "print lines as they are in the file")
	fs.BoolVar(&f.count, "count", false, "print only how many rows match")
	return cmd
}

// check refuses what would be silently left out of account otherwise.
func (f *logsFlags) check(fs *pflag.FlagSet) error {
	for _, name := range []string{"file", "since"} {
		if flag := fs.Lookup(name); flag.Changed && flag.Value.String() == "" {
			return usageErrorf("--%s needs a value", name)
		}
	}
	switch {
	case f.last < 0:
		return usageErrorf("--last must not be negative")
	case f.count && f.follow:
		return usageErrorf("--count and --follow exclude each other")
	case f.count && fs.Changed("last"):
		return usageErrorf("--count and --last exclude each other")
	}
	return nil
}

func (f *logsFlags) print(cmd *cobra.Command, path, query string) error {
	filter, err := logview.ParseFilter(query)
	if err != nil {
		return usageErrorf("filter, %w", err)
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	o := logview.PrintOptions{
		Filter: filter, Since: f.since, Last: f.last, Follow: f.follow, Count: f.count, JSON: f.json, Notes: cmd.ErrOrStderr(),
	}
	if f.file == "" {
		o.Inside = filepath.Dir(path)
	}
	if f.last == 0 && cmd.Flags().Changed("last") {
		o.Last = -1
	}
	if term.IsTerminal(os.Stdout.Fd()) {
		o.Location, o.Color = time.Local, os.Getenv("NO_COLOR") == ""
	}
	out := cmd.OutOrStdout()
	if f.json {
		out = jsonOut(out)
	}
	err = logview.Print(ctx, out, path, o)
	var since *logview.SyntaxError
	var none *logview.NoLogError
	switch {
	case errors.As(err, &since):
		return usageErrorf("--since: %s (%s)", since.Msg, since.Hint)
	case errors.As(err, &none) && f.file == "":
		return fmt.Errorf("no log at %s: %s; a hub writes one, or name one with --file", none.Path, none.Problem)
	case errors.As(err, &none):
		return fmt.Errorf("no log at %s: %s; name a log file with --file", none.Path, none.Problem)
	case errors.Is(err, context.Canceled):
		return nil
	}
	return err
}

// logsFlagError says how to write a filter that looks like a flag.
func logsFlagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "" {
		word := unknown.GetSpecifiedShortnames()
		return usageErrorf("unknown flag -%s; to exclude a term, write !%s", word, word)
	}
	return flagError(cmd, err)
}
