package main

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"bones-tui/cmd/bones-tui/internal/demo"
	"bones-tui/hub"
)

func newDemoCommand() *cobra.Command {
	d := dashboardFlags{forget: true, hubFlags: hubFlags{drainTimeout: hub.DefaultDrainTimeout, durability: string(hub.DurabilityOS)}}
	var seed uint64
	var keep bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the dashboard on a throw-away workspace with agents at work",
		Long: "demo makes a small git repository in the directory for temporary files, starts a hub and scripted\n" +
			"agents in it, and opens the dashboard. The agents are real clients of the hub; some stall, crash\n" +
			"and come back. Everything is removed at the end.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("root") {
				return usageError{errors.New("demo makes a workspace of its own; --root does not go with it")}
			}
			if err := os.Unsetenv("BONES_DIR"); err != nil { // it speaks of the user's workspace
				return err
			}
			if d.noShield || shielded() {
				return runDemo(cmd, d, seed, keep)
			}
			// The child makes the workspace, and removes it if it can.
			err := runDashboard(cmd.Context(), cmd, "", d)
			return errors.Join(err, demo.Sweep(os.TempDir()))
		},
	}
	cmd.Flags().Uint64Var(&seed, "seed", 1, "what the agents do; the same number gives the same tasks and history")
	cmd.Flags().BoolVar(&keep, "keep", false, "leave the workspace, and say where it is")
	cmd.Flags().BoolVar(&d.ascii, "ascii", false, "draw with ASCII only")
	cmd.Flags().BoolVar(&d.noShield, "no-shield", false, "run without the parent process that restores the terminal after a crash")
	return cmd
}

// runDemo is a demo from its workspace's making to its end.
func runDemo(cmd *cobra.Command, d dashboardFlags, seed uint64, keep bool) (err error) {
	ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...) // to the end: a signal must not cut the removal
	defer stop()
	if err := demo.Sweep(os.TempDir()); err != nil {
		say(cmd.ErrOrStderr(), "an earlier demo's workspace stays: %v", err)
	}
	w, err := demo.Create(ctx, os.TempDir())
	if err != nil {
		return err
	}
	if keep { // now, for whoever kills this process does not take the workspace with it
		if err := w.Keep(); err != nil {
			return err
		}
		say(cmd.ErrOrStderr(), "the workspace is %s", w.Root)
	} else {
		defer func() { err = errors.Join(err, w.Remove()) }()
	}
	ctx, end := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Play(ctx, seed)
	}()
	defer func() { end(); <-ended }()
	return runDashboard(cmd.Context(), cmd, w.Root, d)
}
