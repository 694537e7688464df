package main

import (
	"context"
	"errors"
	"io"
	"os/signal"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

func newHubStartCommand(rootDir *string) *cobra.Command {
	var f hubFlags
	var detach bool
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Run the hub in this terminal, or detached",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return startError{err}
			}
			if detach {
				return startDetached(cmd.Context(), cmd.ErrOrStderr(), root, &f)
			}
			return runForeground(cmd.Context(), cmd.ErrOrStderr(), root, &f)
		},
	}
	f.register(cmd.Flags())
	cmd.Flags().BoolVar(&detach, "detach", false, "return once a hub in the background is ready")
	return cmd
}

// runForeground is the hub until a signal ends it. The first signal drains, the
// second cuts.
func runForeground(ctx context.Context, w io.Writer, root string, f *hubFlags) error {
	h, err := newHub(root, f)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, endSignals...)
	defer stop()
	result := make(chan error, 1)
	go func() { result <- h.Run(ctx) }()
	select {
	case <-h.Ready():
		say(w, "hub of %s is ready: fossil %s, nats %s", root, hub.FossilURL(root), hub.NATSURL(root))
	case err := <-result:
		return alreadyRunning(w, root, err)
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	stop()
	say(w, "draining; a second signal cuts")
	again, stopAgain := signal.NotifyContext(context.Background(), endSignals...)
	defer stopAgain()
	select {
	case err := <-result:
		return err
	case <-again.Done():
		_ = h.Shutdown(context.Background(), hub.WithForce(true))
		return <-result
	}
}

// alreadyRunning turns the refusal of a second hub into what the caller wanted:
// there is one.
func alreadyRunning(w io.Writer, root string, err error) error {
	var running *hub.RunningError
	if !errors.As(err, &running) {
		return err
	}
	say(w, "hub of %s already runs (pid %d): fossil %s, nats %s", root, running.PID, hub.FossilURL(root), hub.NATSURL(root))
	return nil
}

func startDetached(ctx context.Context, w io.Writer, root string, f *hubFlags) error {
	if pid, ok := hub.IsRunning(root); ok {
		return alreadyRunning(w, root, &hub.RunningError{PID: pid})
	}
	if _, err := newHub(root, f); err != nil {
		return err
	}
	if err := hub.Start(ctx, root, append(f.options(), hub.WithDetach(true))...); err != nil {
		return err
	}
	pid, _ := hub.IsRunning(root)
	say(w, "hub of %s is ready (pid %d): fossil %s, nats %s", root, pid, hub.FossilURL(root), hub.NATSURL(root))
	return nil
}
