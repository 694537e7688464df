package main

import (
	"context"
	"errors"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

func newHubStartCommand(rootDir *string) *cobra.Command {
	var f hubFlags
	var detach bool
	cmd := &cobra.Command{Use: "start", Short: "Run the hub in this terminal, or detached"}
	f.register(cmd.Flags())
	cmd.Flags().BoolVar(&detach, "detach", false, "return once a hub in the background is ready")
	acting(rootDir, cmd, func(a *act) error {
		if detach {
			return a.startDetached(cmd.Context(), &f)
		}
		return a.runForeground(cmd.Context(), &f)
	})
	start := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := start(cmd, args); err != nil {
			return startError{err}
		}
		return nil
	}
	return cmd
}

// runForeground is the hub until a signal ends it, and tells its outcome once it is
// ready. The first signal drains, the second cuts.
func (a *act) runForeground(ctx context.Context, f *hubFlags) error {
	h, err := newHub(a.done.Root, f)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, endSignals...)
	defer stop()
	result := make(chan error, 1)
	go func() { result <- h.Run(ctx) }()
	select {
	case <-h.Ready():
	case err := <-result:
		a.done.Outcome = outcomeStopped // by a signal, before it was ready
		return a.alreadyRunning(err)
	}
	a.started(os.Getpid())
	a.say("hub of %s is ready: fossil %s, nats %s", a.done.Root, a.done.FossilURL, a.done.NATSURL)
	if err := a.tell(); err != nil { // nobody can know of this hub
		stop()
		return errors.Join(err, <-result)
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	again, stopAgain := signal.NotifyContext(context.Background(), endSignals...) // none may come between
	defer stopAgain()
	stop()
	a.say("draining; a second signal cuts")
	select {
	case err := <-result:
		return err
	case <-again.Done():
		_ = h.Shutdown(context.Background(), hub.WithForce(true))
		return <-result
	}
}

// started notes which hub is up.
func (a *act) started(pid int) {
	a.done.Outcome, a.done.PID = outcomeStarted, pid
	a.done.FossilURL, a.done.NATSURL = hub.FossilURL(a.done.Root), hub.NATSURL(a.done.Root)
}

// alreadyRunning turns the refusal of a second hub into what the caller wanted:
// there is one.
func (a *act) alreadyRunning(err error) error {
	var running *hub.RunningError
	if !errors.As(err, &running) {
		return err
	}
	a.started(running.PID)
	a.done.Outcome = outcomeRunning
	a.say("hub of %s already runs (pid %d): fossil %s, nats %s", a.done.Root, running.PID, a.done.FossilURL, a.done.NATSURL)
	return nil
}

func (a *act) startDetached(ctx context.Context, f *hubFlags) error {
	root := a.done.Root
	if pid, ok := hub.IsRunning(root); ok {
		return a.alreadyRunning(&hub.RunningError{PID: pid})
	}
	if _, err := newHub(root, f); err != nil {
		return err
	}
	if err := hub.Start(ctx, root, append(f.options(), hub.WithDetach(true))...); err != nil {
		return err
	}
	pid, ok := hub.IsRunning(root)
	a.started(pid)
	if !ok {
		a.done.Outcome = outcomeRunning
		a.say("hub of %s is just being started by another process", root)
		return nil
	}
	a.say("hub of %s is ready (pid %d): fossil %s, nats %s", root, pid, a.done.FossilURL, a.done.NATSURL)
	return nil
}
