package main

import (
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
	fs.DurationVar(&f.timeout, "stop-timeout", hub.DefaultStopTimeout, "how long to wait for the drain before the process is killed")
}

// stop ends the hub and says so.
func (a *act) stop(f *stopFlags) error {
	root := a.done.Root
	pid, ok := hub.IsRunning(root)
	limit := f.timeout
	if f.force {
		limit = hub.ForcedDrainTimeout
	}
	err := hub.Stop(root, hub.WithStopTimeout(f.timeout), hub.WithForce(f.force), hub.WithProgress(func(d time.Duration) {
		a.say("draining, %s of %s", d.Round(time.Second), limit)
	}), hub.WithKilled(func() { a.done.Killed = true }))
	switch {
	case err != nil:
		return err
	case a.done.Killed:
		a.done.Outcome, a.done.StoppedPID = outcomeStopped, pid
		a.say("hub of %s did not end in time and was killed (pid %d); what was acknowledged is kept", root, pid)
	case ok:
		a.done.Outcome, a.done.StoppedPID = outcomeStopped, pid
		a.say("hub of %s stopped (pid %d)", root, pid)
	default:
		a.done.Outcome = outcomeNoHub
		a.say("no hub runs in %s", root)
	}
	return nil
}

func newHubStopCommand(rootDir *string) *cobra.Command {
	var f stopFlags
	cmd := &cobra.Command{Use: "stop", Short: "Stop the hub; refused under active slots"}
	f.register(cmd.Flags())
	return acting(rootDir, cmd, func(a *act) error { return a.stop(&f) })
}

func newHubRestartCommand(rootDir *string) *cobra.Command {
	var stop stopFlags
	var start hubFlags
	cmd := &cobra.Command{Use: "restart", Short: "Stop the hub and start a detached one on the same ports"}
	stop.register(cmd.Flags())
	start.register(cmd.Flags())
	return acting(rootDir, cmd, func(a *act) error {
		if err := a.stop(&stop); err != nil {
			return err
		}
		return a.startDetached(cmd.Context(), &start)
	})
}
