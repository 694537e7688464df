package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
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
				if lost, ok := hub.Lost(cmd.Context(), root); ok {
					st, err = lost, nil
				} else {
					return fmt.Errorf("no hub runs in %s", root)
				}
			}
			if err != nil {
				return err
			}
			if asJSON {
				if err := printJSON(cmd.OutOrStdout(), st); err != nil {
					return err
				}
				return upOrFailed(st)
			}
			return printStatus(cmd.OutOrStdout(), root, st)
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func askStatus(ctx context.Context, root string) (hub.Status, error) {
	r, err := hub.Attach(ctx, root)
	if err != nil {
		return hub.Status{}, err
	}
	defer func() { _ = r.Close() }()
	st, err := r.Status(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w; bones-tui hub restart --force replaces it", err)
	}
	return st, err
}

// printStatus writes aligned text.
func printStatus(w io.Writer, root string, st hub.Status) error {
	t := newTable(w)
	t.row("workspace", clean(root))
	statusRows(t, st)
	for _, i := range st.Incidents {
		t.row("incident", clean(i.Text+"; next: "+i.Steps()))
	}
	t.print()
	return upOrFailed(st)
}

// statusRows says how a hub is; what is unknown reads n/a.
func statusRows(t *table, st hub.Status) {
	t.row("hub", fmt.Sprintf("%s, pid %d, since %s", st.Phase, st.PID, st.StartedAt.UTC().Format(time.RFC3339)))
	t.row("nats", clean(st.NATS.URL+" "+upWord(st.NATS.Up, st.NATS.Problem)))
	t.row("fossil", clean(st.Fossil.URL+" "+upWord(st.Fossil.Up, st.Fossil.Problem)))
	if s := turnedAway(st); s != "" {
		t.row("turned away", s)
	}
	t.row("check-ins", known(st.Fossil.CheckIns))
	t.row("unapplied", known(st.Fossil.Unapplied))
	if st.Unsaved != "" {
		t.row("unsaved", "what the repository held: "+clean(st.Unsaved))
	}
	if st.Saved != "" {
		t.row("saved", clean(st.Saved))
	}
	if st.Disk != nil {
		t.row("disk", st.Disk.String())
	}
}

// turnedAway says whom the hub has not served, "" if there was nobody.
func turnedAway(st hub.Status) string {
	var parts []string
	add := func(n uint64, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	if s := st.NATS.Server; s != nil {
		add(s.Refused, "connections of other users to nats")
	}
	if n := st.Fossil.Refused; n != nil {
		add(*n, "connections of other users to fossil")
	}
	if n := st.Fossil.Rejected; n != nil {
		add(*n, "requests to fossil")
	}
	if n := st.Fossil.Failed; n != nil {
		add(*n, "failed sync messages")
	}
	return strings.Join(parts, ", ")
}

// upOrFailed fails, without a word, if one of the services is down.
func upOrFailed(st hub.Status) error {
	if !st.NATS.Up || !st.Fossil.Up {
		return exitError{exitFailed}
	}
	return nil
}

// unknown stands for what cannot be known from here.
const unknown = "n/a"

func upWord(up bool, problem string) string {
	switch {
	case up && problem != "":
		return problem
	case up:
		return "ok"
	}
	return "down: " + problem
}

func known(n *int64) string {
	if n == nil {
		return unknown
	}
	return fmt.Sprint(*n)
}
