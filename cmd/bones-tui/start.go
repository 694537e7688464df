package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

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
		if found, ok := hub.FoundState(a.done.Root); ok && f.trustState {
			a.say("trusting %s, which holds %s", found.Dir, found)
		}
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
	for {
		h, err := newHub(a.done.Root, f)
		if err != nil {
			return err
		}
		err = a.serve(ctx, h)
		if !errors.Is(err, hub.ErrRunning) {
			return err
		}
		if err := a.alreadyRunning(ctx); !errors.Is(err, hub.ErrNotRunning) {
			return err
		}
	}
}

// serve runs a hub until a signal or something else ends it.
func (a *act) serve(ctx context.Context, h *hub.Hub) error {
	starting, stop := signal.NotifyContext(ctx, endSignals...)
	defer stop()
	result := make(chan error, 1)
	go func() { result <- h.Run(starting) }()
	select {
	case <-h.Ready():
	case err := <-result:
		if starting.Err() != nil && !errors.Is(err, hub.ErrRunning) {
			return calledOff{bySignal + int(syscall.SIGINT)}
		}
		return err
	}
	a.started(os.Getpid())
	a.say("hub of %s is ready: fossil %s, nats %s", a.done.Root, a.done.FossilURL, a.done.NATSURL)
	if err := a.tell(); err != nil { // nobody can know of this hub
		stop()
		return errors.Join(err, <-result)
	}
	select {
	case err := <-result:
		return a.moved(h, err)
	case <-starting.Done():
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

// moved says that the hub goes on elsewhere, if that is how it ended here.
func (a *act) moved(h *hub.Hub, err error) error {
	if err == nil && errors.Is(h.Err(), hub.ErrMoved) {
		pid, _ := hub.IsRunning(a.done.Root)
		a.say("another process is the hub of %s now (pid %d)", a.done.Root, pid)
	}
	return err
}

// started notes which hub is up.
func (a *act) started(pid int) {
	a.done.Outcome, a.done.PID = outcomeStarted, pid
	a.done.FossilURL, a.done.NATSURL = hub.FossilURL(a.done.Root), hub.NATSURL(a.done.Root)
}

// alreadyRunning turns the refusal of a second hub into what the caller wanted, once
// the other one is ready.
func (a *act) alreadyRunning(ctx context.Context) error {
	root := a.done.Root
	if err := hub.AwaitReady(ctx, root); err != nil {
		return err
	}
	pid, _ := hub.IsRunning(root)
	a.started(pid)
	a.done.Outcome = outcomeRunning
	a.say("hub of %s already runs (pid %d): fossil %s, nats %s", root, pid, a.done.FossilURL, a.done.NATSURL)
	return nil
}

func (a *act) startDetached(ctx context.Context, f *hubFlags) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	root := a.done.Root
	if _, err := newHub(root, f); err != nil {
		return err
	}
	for {
		pid, err := hub.StartDetached(ctx, root, f.options()...)
		switch {
		case err == nil:
			a.started(pid)
			a.say("hub of %s is ready (pid %d): fossil %s, nats %s", root, pid, a.done.FossilURL, a.done.NATSURL)
			return nil
		case !errors.Is(err, hub.ErrRunning):
			return orCalledOff(ctx, err)
		}
		if err := a.alreadyRunning(ctx); !errors.Is(err, hub.ErrNotRunning) {
			return orCalledOff(ctx, err)
		}
	}
}
