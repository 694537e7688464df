package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
)

// activityFlags are those of `bones-tui activity`.
type activityFlags struct {
	since  string
	follow bool
	json   bool
}

// entryForm is one line of `activity --json`.
type entryForm struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	What    string    `json:"what"`
	Effect  string    `json:"effect,omitempty"`
	Slot    string    `json:"slot,omitempty"`
	Task    string    `json:"task,omitempty"`
	Agent   string    `json:"agent,omitempty"`
	Branch  string    `json:"branch,omitempty"`
	CheckIn string    `json:"check_in,omitempty"`
	Text    string    `json:"text,omitempty"`
	Bad     bool      `json:"bad"`
}

func newActivityCommand(rootDir *string) *cobra.Command {
	var f activityFlags
	cmd := &cobra.Command{
		Use:   "activity",
		Short: "Tell what happened: tasks, check-ins, slots and the hub on one timeline",
		Long: "Tell what happened in the workspace, the oldest first: task events with whether they took effect, check-ins by\n" +
			"slot and branch, slots that joined, closed or were reaped, the hub's starts and stops. It starts no hub and creates\n" +
			"no file; without a hub there are no task events.",
		Example: "bones-tui activity --since 1h\nbones-tui activity -f\nbones-tui activity --json | jq 'select(.bad)'",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findTrusted(*rootDir)
			if err != nil {
				return err
			}
			return f.tell(cmd, root)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.since, "since", "", "leave out what is older: 10m, 14:05, 2026-03-02 or an RFC 3339 instant")
	fs.BoolVarP(&f.follow, "follow", "f", false, "go on with what happens")
	fs.BoolVar(&f.json, "json", false, "print one JSON object a line (docs/json.md)")
	return cmd
}

// tell prints the timeline, and what is added to it if asked to.
func (f *activityFlags) tell(cmd *cobra.Command, root string) error {
	filter := &logview.Filter{}
	if f.since != "" {
		var err error
		if filter, err = logview.ParseFilter("since:" + f.since); err != nil {
			return usageError{err}
		}
	}
	ctx, stop := untilSignal(cmd.Context())
	defer stop()
	nc, release, err := attached(ctx, root)
	if err != nil {
		return err
	}
	defer release()
	if nc == nil {
		say(cmd.ErrOrStderr(), "no hub runs: task events are not known")
	}
	files := hub.NewSurveyor(root)
	a := slots.Follow(root, nc, slots.ActivityOptions{CheckIns: files.CheckIns})
	began, told, t := time.Now(), map[uint64]bool{}, newTable(cmd.OutOrStdout())
	for {
		var all []slots.Entry
		all, err = a.Next(ctx)
		if err != nil {
			break
		}
		f.print(t, all, told, func(e slots.Entry) bool {
			fields, text := e.Fields()
			return filter.MatchFields(fields, text, began)
		})
		if !f.follow {
			break
		}
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	if problem := a.Problem(); nc != nil && problem != "" {
		say(cmd.ErrOrStderr(), "%s", problem)
	}
	return errors.Join(err, a.Close(), files.Close())
}

// print writes the entries that were not told yet. While following, a task event waits
// until its effect is known.
func (f *activityFlags) print(t *table, all []slots.Entry, told map[uint64]bool, match func(slots.Entry) bool) {
	kept := make(map[uint64]bool, len(all))
	for _, e := range all {
		if told[e.Seq] || f.follow && e.Effect == slots.EffectPending {
			kept[e.Seq] = told[e.Seq]
			continue
		}
		kept[e.Seq] = true
		switch {
		case !match(e):
		case f.json:
			_ = printJSON(t.w, entryForm{
				At: inJSON(e.At), Kind: e.Kind.String(), What: e.What, Effect: e.Effect.String(), Slot: e.Slot, Task: e.Task,
				Agent: e.Agent, Branch: e.Branch, CheckIn: e.CheckIn, Text: e.Text, Bad: e.Bad,
			}) // a reader that is gone ends the program by its signal
		default:
			t.row(entryCells(e)...)
		}
	}
	clear(told)
	for seq, done := range kept {
		told[seq] = done
	}
	t.print()
}

// entryCells are the columns of one entry.
func entryCells(e slots.Entry) []string {
	what := e.What
	if e.Effect == slots.EffectRefused {
		what += " (no effect)"
	}
	about := e.Task
	if e.CheckIn != "" {
		about = e.CheckIn[:min(len(e.CheckIn), 10)]
		if e.Branch != "" {
			about += " " + e.Branch
		}
	}
	cells := []string{e.At.UTC().Format(time.RFC3339), e.Kind.String(), what, e.Slot, about, e.Text}
	for i := range cells {
		cells[i] = cell(cells[i])
		if i < len(cells)-1 {
			cells[i] = orDash(cells[i])
		}
	}
	return cells
}
