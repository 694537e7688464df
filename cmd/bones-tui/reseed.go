package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

func newHubReseedCommand(rootDir *string) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "reseed",
		Short: "Archive the repository and make a fresh one from git",
		Long: "Archive the repository as hub-<UTC time>.fossil and make a fresh one, with a new project code, from git's tree.\n" +
			"A hub that runs is replaced by a detached one, which does it before it serves. Clones of the old\n" +
			"repository no longer fit the new one.",
	}
	cmd.Flags().BoolVar(&force, "force", false, "reseed even while a slot's process lives")
	return acting(rootDir, cmd, func(a *act) error { return a.reseed(force) })
}

func (a *act) reseed(force bool) error {
	if _, ok := hub.IsRunning(a.done.Root); ok {
		start := hubFlags{drainTimeout: hub.DefaultDrainTimeout, durability: string(hub.DurabilityAlways)}
		return a.restart(a.cmd.Context(), &stopFlags{force: force, timeout: hub.DefaultStopTimeout}, &start, true)
	}
	done, err := hub.Reseed(a.cmd.Context(), a.done.Root, hub.WithForce(force))
	if err != nil {
		return err
	}
	a.reseeded(done)
	return nil
}

// reseeded tells of a fresh repository.
func (a *act) reseeded(done hub.Reseeded) {
	a.done.Outcome, a.done.Files, a.done.Base = outcomeReseeded, &done.Files, done.Base
	if done.Archive != "" {
		a.done.Archive, a.done.Unapplied = done.Archive, &done.Unapplied
		a.say("the old repository is kept as %s, with %s that git has not received", done.Archive, checkIns(done.Unapplied))
	}
	a.say("%s has a fresh repository: %d files of git %s", a.done.Root, done.Files, done.Base)
}

// checkIns counts them in words.
func checkIns(n int64) string {
	if n == 1 {
		return "1 check-in"
	}
	return fmt.Sprintf("%d check-ins", n)
}
