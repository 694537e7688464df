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
			"The hub must be stopped. Clones of the old repository no longer fit the new one.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			done, err := hub.Reseed(cmd.Context(), root, hub.WithForce(force))
			if err != nil {
				return err
			}
			w := cmd.ErrOrStderr()
			if done.Archive != "" {
				say(w, "the old repository is kept as %s, with %s that git has not received", done.Archive, checkIns(done.Unapplied))
			}
			say(w, "%s has a fresh repository: %d files of git %s", root, done.Files, done.Base)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "reseed even while a slot's process lives")
	return cmd
}

// checkIns counts them in words.
func checkIns(n int64) string {
	if n == 1 {
		return "1 check-in"
	}
	return fmt.Sprintf("%d check-ins", n)
}
