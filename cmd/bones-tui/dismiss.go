package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

func newHubDismissCommand(rootDir *string) *cobra.Command {
	var all bool
	var ids []string
	cmd := &cobra.Command{
		Use:   "dismiss [ID…]",
		Short: "List what went wrong with what the workspace holds, and end the telling of it",
		Long: "What was lost, such as messages that a damaged store had or check-ins of a repository that was replaced, is told by\n" +
			"hub status, doctor and the dashboard until somebody has seen it. dismiss lists it; with the ID of one or more, or with\n" +
			"--all, that is told no longer. It needs no hub, and a hub that runs stops telling at once. Nothing else is changed:\n" +
			"copies stay where they are.",
	}
	cmd.Flags().BoolVar(&all, "all", false, "dismiss all of it")
	acting(rootDir, cmd, func(a *act) error { return a.dismiss(all, ids) })
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if all && len(args) > 0 {
			return usageError{errors.New("--all and an ID exclude each other")}
		}
		ids = args
		return nil
	}
	return cmd
}

// dismiss lists incidents, or ends the telling of some.
func (a *act) dismiss(all bool, ids []string) (err error) {
	root := a.done.Root
	if !all && len(ids) == 0 {
		a.done.Outcome = outcomeListed
		a.done.Incidents, err = hub.Incidents(root)
		if err == nil && !a.asJSON {
			a.list(a.done.Incidents)
		}
		return err
	}
	a.done.Incidents, err = hub.Dismiss(a.cmd.Context(), root, ids...)
	if errors.Is(err, hub.ErrNoIncident) {
		return fmt.Errorf("%w; bones-tui hub dismiss lists them", err)
	}
	if err != nil {
		return err
	}
	a.done.Outcome = outcomeDismissed
	for _, i := range a.done.Incidents {
		a.say("dismissed: %s", i.Text)
	}
	if len(a.done.Incidents) == 0 {
		a.say("nothing of %s is told", root)
	}
	return nil
}

func (a *act) list(all []hub.Incident) {
	if len(all) == 0 {
		a.say("nothing was lost in %s that nobody has seen", a.done.Root)
		return
	}
	t := newTable(a.cmd.OutOrStdout())
	t.row("ID", "FOUND", "WHAT")
	for _, i := range all {
		t.row(clean(i.ID), i.At.Local().Format(time.DateTime), clean(i.Text))
		if i.Next != "" {
			t.row("", "", clean("next: "+i.Next))
		}
	}
	t.print()
}
