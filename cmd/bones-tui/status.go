package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

func newHubStatusCommand(rootDir *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say whether the hub runs, and how it is",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			st, err := askStatus(cmd.Context(), root)
			if errors.Is(err, hub.ErrNotRunning) {
				return fmt.Errorf("no hub runs in %s", root)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(st)
			}
			return printStatus(cmd.OutOrStdout(), root, st)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the status as one JSON object")
	return cmd
}

func askStatus(ctx context.Context, root string) (hub.Status, error) {
	r, err := hub.Attach(ctx, root)
	if err != nil {
		return hub.Status{}, err
	}
	defer func() { _ = r.Close() }()
	return r.Status(ctx)
}

// printStatus writes aligned text; what is unknown reads n/a.
func printStatus(w io.Writer, root string, st hub.Status) error {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-10s "+format+"\n", append([]any{name}, args...)...)
	}
	row("workspace", "%s", root)
	row("hub", "%s, pid %d, since %s", st.Phase, st.PID, st.StartedAt.Format(time.RFC3339))
	row("nats", "%s %s", st.NATS.URL, upWord(st.NATS.Up, st.NATS.Problem))
	row("fossil", "%s %s", st.Fossil.URL, upWord(st.Fossil.Up, st.Fossil.Problem))
	row("check-ins", "%s", known(st.Fossil.CheckIns))
	row("unapplied", "%s", known(st.Fossil.Unapplied))
	if !st.NATS.Up || !st.Fossil.Up {
		return exitError{exitFailed}
	}
	return nil
}

func upWord(up bool, problem string) string {
	if up {
		return "ok"
	}
	return "down: " + problem
}

func known(n *int64) string {
	if n == nil {
		return "n/a"
	}
	return fmt.Sprint(*n)
}
