package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bones-tui/hub"
)

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	return execute(ctx, newRootCommand(dashboardFlags{}), args, in, out, errOut)
}

func execute(ctx context.Context, root *cobra.Command, args []string, in io.Reader, out, errOut io.Writer) int {
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	root.Version = hub.Version
	root.SilenceUsage, root.SilenceErrors = true, true
	styled := []fang.Option{fang.WithVersion(hub.Version), fang.WithoutManpage(), fang.WithErrorHandler(report), fang.WithColorSchemeFunc(fang.AnsiColorScheme)}
	// Help only: to style an error as well, fang asks the terminal for its colours, and waits
	// for ever if a screen that has crashed reads the answer.
	root.SetHelpFunc(func(*cobra.Command, []string) {
		defer hideInput()()
		_ = fang.Execute(ctx, root, styled...)
	})
	err := root.ExecuteContext(ctx)
	if err != nil {
		report(errOut, fang.Styles{}, err)
	}
	return exitCode(err)
}

// hideInput has nothing to read at standard input until its result is called: without a
// terminal there, fang does not ask for its colours, which takes seconds where nothing answers.
func hideInput() (undo func()) {
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return func() {}
	}
	in := os.Stdin
	os.Stdin = nothing
	return func() {
		os.Stdin = in
		_ = nothing.Close() // nothing was written
	}
}

// newRootCommand builds the whole command tree. Without a sub-command the
// dashboard runs.
func newRootCommand(d dashboardFlags) *cobra.Command {
	var rootDir string
	cmd := &cobra.Command{
		Use:   "bones-tui",
		Short: "Cockpit of a bones hub",
		Long: "bones-tui starts the hub of the current workspace in this terminal, or attaches to the one that runs,\n" +
			"and shows it live: NATS and Fossil, the swarm slots, and hub.log.",
		Example: "bones-tui\nbones-tui --root ~/code/webapp\nbones-tui hub start --detach",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(rootDir)
			switch {
			case err != nil && d.frame.once:
				return err
			case err != nil:
				return startError{err}
			}
			return runDashboard(cmd.Context(), cmd, root, d)
		},
	}
	cmd.PersistentFlags().StringVar(&rootDir, "root", "", "any directory inside the workspace (default: the current one)")
	d.register(cmd.Flags())
	cmd.SetFlagErrorFunc(flagError)
	cmd.AddCommand(newStatusCommand(&rootDir), newSlotsCommand(&rootDir), newActivityCommand(&rootDir), newDoctorCommand(&rootDir),
		newFleetCommand(), newLogsCommand(&rootDir), newHubCommand(&rootDir), newDemoCommand(), newManCommand())
	return cmd
}

// findRoot resolves --root to the root of its workspace.
func findRoot(dir string) (string, error) {
	if dir == "" {
		var err error
		if dir, err = os.Getwd(); err != nil {
			return "", err
		}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(abs); err != nil {
		return "", err
	} else if !info.IsDir() {
		return "", &os.PathError{Op: "open", Path: abs, Err: errors.New("not a directory")}
	}
	return hub.FindRoot(abs)
}

// findTrusted is findRoot for views that show what is in the state directory: another
// user's is not shown.
func findTrusted(dir string) (string, error) {
	root, err := findRoot(dir)
	if err != nil {
		return "", err
	}
	return root, hub.Verify(root)
}

// usageError marks an error in the command line itself.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usageErrorf(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// flagError says in plain words which value a flag does not take.
func flagError(_ *cobra.Command, err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return usageError{err}
	}
	want := map[string]string{"int": "a whole number", "duration": "a duration, such as 30s"}[bad.GetFlag().Value.Type()]
	if want == "" {
		return usageError{err}
	}
	return usageErrorf("--%s: %q is not %s", bad.GetFlag().Name, bad.GetValue(), want)
}

// startError marks the refusal of a command that would start a hub: without a
// workspace it has failed like without a commit, where others only have no workspace.
type startError struct{ error }

func (e startError) Unwrap() error { return e.error }

// noArgs is cobra.NoArgs with our exit code.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return usageError{err}
	}
	return nil
}
