package main

import (
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bones-tui/hub"
)

// stopFlags are those of every command that ends a hub.
type stopFlags struct {
	force   bool
	timeout time.Duration
}

func (f *stopFlags) register(fs *pflag.FlagSet) {
	fs.BoolVar(&f.force, "force", false, "stop even under active slots; cut after two seconds")
	fs.DurationVar(&f.timeout, "stop-timeout", hub.DefaultDrainTimeout, "how long to wait for the drain before the process is killed")
}

// stop ends the hub and says so.
func (f *stopFlags) stop(w io.Writer, root string) error {
	pid, ok := hub.IsRunning(root)
	err := hub.Stop(root, hub.WithStopTimeout(f.timeout), hub.WithForce(f.force), hub.WithProgress(func(d time.Duration) {
		say(w, "draining, %s of %s", d.Round(time.Second), f.timeout)
	}))
	switch {
	case err != nil:
		return err
	case ok:
		say(w, "hub of %s stopped (pid %d)", root, pid)
	default:
		say(w, "no hub runs in %s", root)
	}
	return nil
}

func newHubStopCommand(rootDir *string) *cobra.Command {
	var f stopFlags
	cmd := &cobra.Command{
		Use:   "stop",
		Short: "Stop the hub; refused under active slots",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			return f.stop(cmd.ErrOrStderr(), root)
		},
	}
	f.register(cmd.Flags())
	return cmd
}

func newHubRestartCommand(rootDir *string) *cobra.Command {
	var stop stopFlags
	var start hubFlags
	cmd := &cobra.Command{
		Use:   "restart",
		Short: "Stop the hub and start a detached one on the same ports",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			if err := stop.stop(cmd.ErrOrStderr(), root); err != nil {
				return err
			}
			return startDetached(cmd.Context(), cmd.ErrOrStderr(), root, &start)
		},
	}
	stop.register(cmd.Flags())
	start.register(cmd.Flags())
	return cmd
}
