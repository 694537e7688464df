package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bones-tui/hub"
	"bones-tui/hub/findings"
	"bones-tui/slots"
)

// slotCounts says how many slots are in each state, by the state's word.
type slotCounts map[string]int

// snapshotWithin bounds how long a one-shot view waits for the slots.
const snapshotWithin = 2 * time.Second

// overview is the form of `status --json`: what the dashboard shows, once.
type overview struct {
	Root    string        `json:"root"`
	Name    string        `json:"name"`
	Running bool          `json:"running"`
	Whose   hub.Ownership `json:"whose"`
	Hub     *hub.Status   `json:"hub"`   // null without a hub that tells
	Slots   slotCounts    `json:"slots"` // null while they cannot be known
	// SlotsProblem is which records of slots could not be read, and why.
	SlotsProblem string `json:"slots_problem,omitempty"`

	Findings []overviewFinding `json:"findings"`
}

// overviewFinding is something that needs a look, in texts that are fit for a terminal.
type overviewFinding struct {
	Text string `json:"text"`
	Why  string `json:"why"`
	Fix  string `json:"fix,omitempty"`
}

// find adds what is wrong with a hub and its slots, the worst first.
func (o *overview) find(st *hub.Status, all []slots.Slot, now time.Time, host string) {
	for _, f := range findings.Of(st, findings.States(all, now, host), now) {
		o.Findings = append(o.Findings, overviewFinding{Text: clean(f.Text), Why: clean(f.Why), Fix: clean(f.Next)})
	}
}

func newStatusCommand(rootDir *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show once what the dashboard shows: hub, services, slots, findings",
		Long: "status asks the hub that runs, and starts none. It fails if there is no hub, or if one of its services\n" +
			"does not answer.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			o, err := look(cmd.Context(), root)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), o)
			} else {
				printOverview(cmd, o)
			}
			if err == nil && !o.well() {
				return exitError{exitFailed}
			}
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// look asks the hub of a workspace and reads its slots.
func look(ctx context.Context, root string) (overview, error) {
	o := overview{Root: root, Name: hub.Name(root), Whose: hub.Whose(root), Findings: []overviewFinding{}}
	r, err := hub.Attach(ctx, root)
	switch {
	case errors.Is(err, hub.ErrNotRunning):
		o.lookForLost(ctx)
		return o, nil
	case errors.Is(err, hub.ErrStarting), errors.Is(err, hub.ErrUncertain):
		return o, nil
	}
	if err != nil {
		return o, err
	}
	defer func() { _ = r.Close() }()
	st, err := r.Status(ctx)
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return o, ctx.Err()
		}
		return o, nil // who has the hub is known, and that it does not tell
	}
	o.Running, o.Hub = true, &st
	all, problem, err := firstSlots(ctx, root, r)
	if err != nil {
		return o, nil //nolint:nilerr // the slots stay unknown, and say so
	}
	o.SlotsProblem = problem
	host, _ := os.Hostname() // unknown: every session counts as another host's
	now := time.Now()
	o.Slots = countSlots(all, now, host)
	o.find(&st, all, now, host)
	return o, nil
}

// lookForLost finds a hub that runs on although its directory is gone, else what was lost here.
func (o *overview) lookForLost(ctx context.Context) {
	st, ok := hub.Lost(ctx, o.Root)
	if ok {
		o.Hub = &st
	} else {
		st.Incidents, _ = hub.Incidents(o.Root) // the doctor says what is wrong with the record
	}
	o.find(&st, nil, time.Now(), "")
}

// without says why there is no hub that one could look at.
func (o *overview) without() string {
	w := &o.Whose
	switch {
	case o.Hub != nil:
		return fmt.Sprintf("process %d was the hub here, and accepts nothing since its storage is lost; bones-tui hub restart replaces it", o.Hub.PID)
	case w.Answer == hub.OwnedUncertain:
		return "cannot tell: " + w.Asked + "; next: " + w.Next
	case w.Answer == hub.OwnedHeld && w.Role == "keeper":
		return fmt.Sprintf("it died; its keeper, process %d, starts it again", w.PID)
	case w.Answer == hub.OwnedHeld && w.Serving:
		return fmt.Sprintf("process %d is the hub and does not answer; bones-tui hub restart --force replaces it", w.PID)
	case w.Answer == hub.OwnedHeld:
		return fmt.Sprintf("process %d is just starting it", w.PID)
	case w.Stale != "":
		return "none runs (" + w.Stale + "); bones-tui, or bones-tui hub start, starts one"
	default:
		return "none runs; bones-tui, or bones-tui hub start, starts one"
	}
}

// firstSlots is the first whole snapshot of a hub's slots, and what it may lack.
func firstSlots(ctx context.Context, root string, r *hub.Remote) (all []slots.Slot, problem string, _ error) {
	ctx, cancel := context.WithTimeout(ctx, snapshotWithin)
	defer cancel()
	w := slots.Watch(root, r.Conn())
	defer func() { _ = w.Close() }()
	all, err := w.Next(ctx)
	return all, w.Problem(), err
}

func countSlots(all []slots.Slot, now time.Time, host string) slotCounts {
	c := slotCounts{}
	for _, s := range all {
		c[s.State(now, host).String()]++
	}
	return c
}

// String lists the counts in the order of the words.
func (c slotCounts) String() string {
	switch {
	case c == nil:
		return unknown
	case len(c) == 0:
		return "none"
	}
	var parts []string
	for _, word := range slices.Sorted(maps.Keys(c)) {
		parts = append(parts, fmt.Sprintf("%d %s", c[word], word))
	}
	return strings.Join(parts, ", ")
}

func printOverview(cmd *cobra.Command, o overview) {
	t := newTable(cmd.OutOrStdout())
	t.row("workspace", clean(o.Root))
	if !o.Running {
		t.row("hub", clean(o.without()))
	}
	if o.Hub != nil {
		hubRows(t, *o.Hub)
	}
	if o.Running {
		t.row("slots", o.Slots.String())
		if o.SlotsProblem != "" {
			t.row("", clean(o.SlotsProblem))
		}
	}
	for _, f := range o.Findings {
		text := f.Text
		if f.Fix != "" {
			text += "; next: " + f.Fix
		}
		t.row("finding", clean(text))
	}
	t.print()
}

func hubRows(t *table, st hub.Status) {
	statusRows(t, st)
	if tip := st.Fossil.Tip; tip != nil {
		t.row("tip", cell(fmt.Sprintf("%.10s %s by %s: %s", tip.UUID, tip.Time.UTC().Format(time.RFC3339), tip.User, tip.Comment)))
	}
	if s := st.NATS.Server; s != nil {
		t.row("clients", fmt.Sprintf("%d connections, %d subscriptions", s.Connections, s.Subscriptions))
	}
}

// well reports whether a hub runs and both its services answer.
func (o *overview) well() bool { return o.Running && o.Hub.NATS.Up && o.Hub.Fossil.Up }
