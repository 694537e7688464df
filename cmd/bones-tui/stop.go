package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
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
	if !ok {
		lost, found := hub.Lost(a.cmd.Context(), root)
		pid, ok = lost.PID, found
	}
	err := hub.Stop(root, a.stopOptions(f)...)
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
	cmd := &cobra.Command{
		Use:   "stop",
		Short: "Stop the hub; refused under active slots",
		Long: "Stop the hub; refused under active slots. The next command of the bones CLI then starts a hub of its own, which\n" +
			"empties the repository and removes directories of slots: what git has not received is told in the end, and\n" +
			"stays in copies, which `bones-tui hub recover` brings back.",
	}
	f.register(cmd.Flags())
	return acting(rootDir, cmd, func(a *act) error {
		if err := a.stop(&f); err != nil || a.done.Outcome != outcomeStopped {
			return err
		}
		a.tellRisk(cmd.Context())
		return nil
	})
}

// tellRisk says, now that no hub of ours holds the workspace, what the next command of bones
// does to work that is only here, and what of that is not known.
func (a *act) tellRisk(ctx context.Context) {
	var kept, what []string
	st, err := hub.History(ctx, a.done.Root)
	if err != nil {
		st.Problem = err.Error()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist): // it has none
	case st.Unapplied == nil:
		a.say("how many check-ins git has not received is not known: %s; the next bones command empties hub.fossil", cmp.Or(st.Problem, "it cannot be read"))
	case *st.Unapplied > 0:
		kept, what = append(kept, checkIns(*st.Unapplied)+" that git has not received"), append(what, "empties hub.fossil")
	}
	a.done.Unapplied = st.Unapplied
	report, err := readSlots(ctx, a.done.Root, nil)
	if err != nil {
		a.say("what slots have that the repository has not is not known: %v", err)
	}
	for _, s := range report.Slots {
		switch {
		case s.Work != nil && s.Work.AtRisk:
			a.done.AtRisk = append(a.done.AtRisk, s.Name)
		case s.Directory && s.Work == nil:
			a.say("what slot %s has that the repository has not is not known: reading it takes too long", s.Name)
		case s.Work != nil && s.Work.Problem != "":
			a.say("what slot %s has that the repository has not is not known: %s", s.Name, s.Work.Problem)
		}
	}
	if len(a.done.AtRisk) > 0 {
		kept, what = append(kept, "work of slot "+strings.Join(a.done.AtRisk, ", slot ")), append(what, "removes directories of slots")
	}
	if len(kept) > 0 {
		a.say("only here: %s", strings.Join(kept, ", "))
		a.say("the next bones command %s; bones-tui hub recover brings it back", strings.Join(what, " and "))
	}
}

func newHubRestartCommand(rootDir *string) *cobra.Command {
	var stop stopFlags
	var start hubFlags
	cmd := &cobra.Command{Use: "restart", Short: "Replace the hub by a detached one on the same ports, without a moment in which there is none"}
	stop.register(cmd.Flags())
	start.register(cmd.Flags())
	return acting(rootDir, cmd, func(a *act) error { return a.restart(cmd.Context(), &stop, &start, false) })
}

// restart replaces the hub by a detached one, with a fresh repository if reseed is set.
func (a *act) restart(ctx context.Context, stop *stopFlags, start *hubFlags, reseed bool) error {
	ctx, end := untilSignal(ctx)
	defer end()
	root := a.done.Root
	if _, err := newHub(root, start); err != nil {
		return err
	}
	done, err := hub.Restart(ctx, root, hub.RestartOptions{Start: start.options(), Stop: a.stopOptions(stop), Reseed: reseed})
	if err != nil {
		return err
	}
	a.done.StoppedPID = done.OldPID
	switch {
	case done.OldPID == 0:
		a.say("no hub runs in %s", root)
	case done.Handed:
		a.say("hub of %s has handed over (pid %d)", root, done.OldPID)
	case a.done.Killed:
		a.say("hub of %s did not end in time and was killed (pid %d); what was acknowledged is kept", root, done.OldPID)
	default:
		a.say("hub of %s stopped (pid %d)", root, done.OldPID)
	}
	a.started(done.PID)
	a.say("hub of %s is ready (pid %d): fossil %s, nats %s", root, done.PID, a.done.FossilURL, a.done.NATSURL)
	if done.Reseeded != nil {
		a.reseeded(*done.Reseeded)
	}
	return nil
}

// stopOptions are those of the flags, with progress and a kill told.
func (a *act) stopOptions(f *stopFlags) []hub.StopOption {
	limit := f.timeout
	if f.force {
		limit = hub.ForcedDrainTimeout
	}
	return []hub.StopOption{
		hub.WithStopTimeout(f.timeout), hub.WithForce(f.force),
		hub.WithProgress(func(d time.Duration) { a.say("draining, %s of %s", d.Round(time.Second), limit) }),
		hub.WithKilled(func() { a.done.Killed = true }),
	}
}
