package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"bones-tui/hub"
	"bones-tui/logview"
	"bones-tui/slots"
)

// Bounds of a look at all slots.
const (
	slotsAtOnce = 4
	workWithin  = 5 * time.Second // for all worktrees; what comes later stays unknown
)

// slotReport is the form of `slots --json`.
type slotReport struct {
	Root    string     `json:"root"`
	At      time.Time  `json:"at"`
	Running bool       `json:"running"`
	Problem string     `json:"problem,omitempty"` // why sessions are not known
	Slots   []slotForm `json:"slots"`
}

func newSlotsCommand(rootDir *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "slots [FILTER…]",
		Short: "List the slots: state, lease, task, branch, and work that is at risk",
		Long: "List the slots as the dashboard's slots pane does, the ones that need a look first. The filter is that of\n" +
			"the log pane. It starts no hub and creates no file; without a hub it knows only what files tell.",
		Example: "bones-tui slots\nbones-tui slots stale\nbones-tui slots --json 'agent:slot-*'",
		RunE: func(cmd *cobra.Command, args []string) error {
			filter, err := logview.ParseFilter(strings.Join(args, " "))
			if err != nil {
				return usageError{err}
			}
			root, err := findTrusted(*rootDir)
			if err != nil {
				return err
			}
			report, err := readSlots(cmd.Context(), root, filter)
			if err != nil {
				return err
			}
			if report.Problem != "" {
				say(cmd.ErrOrStderr(), "%s", clean(report.Problem))
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), report)
			}
			report.print(cmd)
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// noHub is the problem of a view that could know more.
const noHub = "no hub runs: sessions and tasks are not known"

// attached connects to the hub that runs; without one the connection is nil.
func attached(ctx context.Context, root string) (nc *nats.Conn, release func(), err error) {
	r, err := hub.Attach(ctx, root)
	if errors.Is(err, hub.ErrNotRunning) {
		return nil, func() {}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return r.Conn(), func() { _ = r.Close() }, nil
}

// readSlots reads the slots that the filter lets through, with their work.
func readSlots(ctx context.Context, root string, filter *logview.Filter) (slotReport, error) {
	report := slotReport{Root: root, Slots: []slotForm{}}
	nc, release, err := attached(ctx, root)
	if err != nil {
		return report, err
	}
	defer release()
	report.Running = nc != nil
	all, err := slots.Snapshot(ctx, root, nc)
	switch {
	case err != nil:
		report.Problem = err.Error()
	case nc == nil:
		report.Problem = noHub
	}
	if err := addWork(ctx, root, all); err != nil {
		return report, err
	}
	host, _ := os.Hostname() // unknown: every session counts as another host's
	now := time.Now()
	report.At = now.UTC()
	for _, state := range slots.States() {
		for _, s := range all {
			if s.State(now, host) != state {
				continue
			}
			if fields, text := s.Fields(state); filter.MatchFields(fields, text, now) {
				report.Slots = append(report.Slots, newSlotForm(s, state, now, host))
			}
		}
	}
	return report, nil
}

// addWork reads the worktrees of all slots, as far as the time goes.
func addWork(ctx context.Context, root string, all []slots.Slot) error {
	ctx, cancel := context.WithTimeout(ctx, workWithin)
	defer cancel()
	files := hub.NewSurveyor(root)
	var g errgroup.Group
	g.SetLimit(slotsAtOnce)
	for i := range all {
		if !all[i].HasDir {
			continue
		}
		g.Go(func() error {
			if ctx.Err() == nil {
				w := files.Work(ctx, all[i])
				all[i].Work = &w
			}
			return nil
		})
	}
	_ = g.Wait() // what failed is in the slots
	return files.Close()
}

func (r *slotReport) print(cmd *cobra.Command) {
	if len(r.Slots) == 0 {
		say(cmd.ErrOrStderr(), "no slots")
		return
	}
	t := newTable(cmd.OutOrStdout())
	t.row("STATE", "SLOT", "TASK", "STATUS", "PID", "RENEWED", "CHECK-INS", "UNAPPLIED", "AT RISK", "BRANCH", "HOST", "LAST EVENT", "TITLE")
	for i := range r.Slots {
		s := &r.Slots[i]
		cells := []string{
			s.State, s.Name, s.Task.ID, s.Task.Status, s.pidText(), s.ageText(), s.Work.count(func(w *workForm) int { return w.CheckIns }),
			s.Work.count(func(w *workForm) int { return w.Unapplied }), s.Work.riskText(), s.Work.branch(), s.Host, s.eventText(r.At), s.Task.Title,
		}
		for i, text := range cells {
			cells[i] = orDash(cell(text))
		}
		t.row(cells...)
	}
	t.print()
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func (s *slotForm) pidText() string {
	switch {
	case s.PID == 0:
		return ""
	case s.PIDAlive == nil:
		return fmt.Sprint(s.PID, " ?")
	case !*s.PIDAlive:
		return fmt.Sprint(s.PID, " x")
	default:
		return fmt.Sprint(s.PID)
	}
}

func (s *slotForm) ageText() string {
	if s.Age == nil {
		return ""
	}
	return time.Duration(*s.Age).String() + " ago"
}

func (s *slotForm) eventText(now time.Time) string {
	if s.LastEvent == "" || s.LastEventAt == nil {
		return ""
	}
	text := s.LastEvent + " " + max(now.Sub(*s.LastEventAt), 0).Truncate(time.Second).String() + " ago"
	if s.LastError != "" {
		text += ": " + s.LastError
	}
	return text
}
