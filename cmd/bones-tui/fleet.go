package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"bones-tui/hub"
	"bones-tui/logview"
)

// Bounds of a look at the fleet.
const (
	fleetAtOnce = 8
	fleetWithin = 5 * time.Second // for one workspace
	errorsSince = "1h"
)

// fleetReport is the form of `fleet --json`.
type fleetReport struct {
	Workspaces []fleetMember `json:"workspaces"`
}

// fleetMember is one workspace. A nil is what cannot be known.
type fleetMember struct {
	Root      string       `json:"root"`
	Name      string       `json:"name"`
	Presence  hub.Presence `json:"presence"`
	Phase     *hub.Phase   `json:"phase"`
	PID       int          `json:"pid"`        // as listed; 0 without a hub
	StartedAt *time.Time   `json:"started_at"` // of the hub that runs
	Slots     slotCounts   `json:"slots"`
	Errors    *int64       `json:"errors_last_hour"`
	Unapplied *int64       `json:"unapplied"`
	Problem   string       `json:"problem,omitempty"` // why the hub did not tell
}

func newFleetCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "fleet",
		Short: "Show every workspace on this user's list",
		Long: "fleet shows the workspaces that hubs have put on this user's list, with rows that no longer hold\n" +
			"marked as dead or missing. It starts nothing and removes no row. It fails if a hub does not answer.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := os.Unsetenv("BONES_DIR"); err != nil { // it speaks of one workspace only
				return err
			}
			all, err := hub.Workspaces()
			if err != nil {
				return err
			}
			report := fleetReport{Workspaces: muster(cmd.Context(), all)}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), report)
			} else {
				report.print(cmd)
			}
			if err == nil && report.troubled() {
				return exitError{exitFailed}
			}
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// muster looks at all workspaces, several at once.
func muster(ctx context.Context, all []hub.Workspace) []fleetMember {
	members := make([]fleetMember, len(all))
	var g errgroup.Group
	g.SetLimit(fleetAtOnce)
	for i, w := range all {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, fleetWithin)
			defer cancel()
			members[i] = lookAt(ctx, w)
			return nil
		})
	}
	_ = g.Wait() // what failed is in the members
	return members
}

func lookAt(ctx context.Context, w hub.Workspace) fleetMember {
	m := fleetMember{Root: w.Root, Name: w.Name, Presence: w.Presence, PID: w.PID}
	if w.Presence == hub.PresenceMissing {
		return m
	}
	m.Errors = countErrors(ctx, hub.LogPath(w.Root))
	if w.Presence != hub.PresenceRunning {
		m.Unapplied = countUnapplied(ctx, w.Root)
		if st, ok := hub.Lost(ctx, w.Root); ok {
			m.Problem = st.Lost
		}
		if w.Presence == hub.PresenceUncertain {
			m.Problem = "cannot tell whose hub it is: " + hub.Whose(w.Root).Asked
		}
		return m
	}
	o, err := look(ctx, w.Root)
	switch {
	case err != nil:
		m.Problem = err.Error()
	case !o.Running:
		m.Problem = o.without()
	default:
		m.Phase, m.StartedAt, m.Slots, m.Unapplied = &o.Hub.Phase, &o.Hub.StartedAt, o.Slots, o.Hub.Fossil.Unapplied
		if !o.well() {
			m.Problem = strings.TrimSpace(o.Hub.NATS.Problem + " " + o.Hub.Fossil.Problem)
		}
	}
	return m
}

// countUnapplied counts the check-ins that git has not received, nil if they cannot be
// read: those of a hub that has stopped are what one would forget.
func countUnapplied(ctx context.Context, root string) *int64 {
	st, err := hub.History(ctx, root)
	if errors.Is(err, os.ErrNotExist) {
		return new(int64)
	}
	return st.Unapplied // nil after an error
}

// countErrors counts the log's errors of the last hour, nil if it cannot be read.
func countErrors(ctx context.Context, path string) *int64 {
	filter, err := logview.ParseFilter("level>=error")
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	err = logview.Print(ctx, &out, path, logview.PrintOptions{Filter: filter, Since: errorsSince, Count: true, Inside: filepath.Dir(path)})
	if errors.Is(err, logview.ErrNoLog) {
		return new(int64)
	}
	n, perr := strconv.ParseInt(strings.TrimSpace(out.String()), 10, 64)
	if err != nil || perr != nil {
		return nil
	}
	return &n
}

// troubled reports whether a hub that should run does not answer as one.
func (r *fleetReport) troubled() bool {
	for i := range r.Workspaces {
		if r.Workspaces[i].Problem != "" {
			return true
		}
	}
	return false
}

func (r *fleetReport) print(cmd *cobra.Command) {
	if len(r.Workspaces) == 0 {
		say(cmd.ErrOrStderr(), "no workspace is listed; a hub lists its own while it runs")
		return
	}
	t := newTable(cmd.OutOrStdout())
	t.row("NAME", "STATE", "UP", "SLOTS", "ERRORS/H", "UNAPPLIED", "ROOT")
	now := time.Now()
	for _, m := range r.Workspaces {
		t.row(clean(m.Name), m.state(), m.uptime(now), m.Slots.String(), known(m.Errors), known(m.Unapplied), clean(m.Root))
		if m.Problem != "" {
			t.row("", "", "", "", "", "", clean(m.Problem))
		}
	}
	t.print()
}

// state is the phase of a hub that runs, else what the list says.
func (m *fleetMember) state() string {
	switch {
	case m.Phase != nil:
		return m.Phase.String()
	case m.Presence == hub.PresenceDead && m.Problem != "":
		return "lost"
	case m.Presence == hub.PresenceRunning:
		return "silent"
	default:
		return m.Presence.String()
	}
}

func (m *fleetMember) uptime(now time.Time) string {
	if m.StartedAt == nil {
		return "-"
	}
	up := now.Sub(*m.StartedAt)
	return fmt.Sprintf("%d:%02d:%02d", int(up.Hours()), int(up.Minutes())%60, int(up.Seconds())%60)
}
