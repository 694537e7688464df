package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bones-tui/hub"
)

// hubFlags are the settings of a hub that this process starts.
type hubFlags struct {
	repoPort, coordPort int
	logLevel            string
	drainTimeout        time.Duration
	durability          string
}

func (f *hubFlags) register(fs *pflag.FlagSet) {
	fs.IntVar(&f.repoPort, "repo-port", 0, "port of the Fossil HTTP server (default: the recorded one, else any)")
	fs.IntVar(&f.coordPort, "coord-port", 0, "port of the NATS server (default: the recorded one, else any)")
	fs.StringVar(&f.logLevel, "log-level", "", "floor of hub.log: debug, info, warn or error")
	fs.DurationVar(&f.drainTimeout, "drain-timeout", hub.DefaultDrainTimeout, "how long an ending hub waits for requests under way")
	fs.StringVar(&f.durability, "durability", string(hub.DurabilityAlways), "what acknowledged writes survive: always (loss of power) or os (the process only)")
}

func (f *hubFlags) options() []hub.Option {
	return []hub.Option{
		hub.WithRepoPort(f.repoPort), hub.WithCoordPort(f.coordPort), hub.WithLogLevel(f.logLevel),
		hub.WithDrainTimeout(f.drainTimeout), hub.WithDurability(hub.Durability(f.durability)),
	}
}

// newHub builds the hub of a workspace that findRoot has found; what can be wrong
// then is a flag.
func newHub(root string, f *hubFlags) (*hub.Hub, error) {
	h, err := hub.New(root, f.options()...)
	if err != nil {
		return nil, usageError{err}
	}
	return h, nil
}

func newHubCommand(rootDir *string) *cobra.Command {
	cmd := &cobra.Command{Use: "hub", Short: "Start, stop and inspect the hub without a screen", Args: noArgs}
	cmd.AddCommand(newHubStartCommand(rootDir), newHubStopCommand(rootDir), newHubStatusCommand(rootDir))
	return cmd
}

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
				return err
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

func newHubStopCommand(rootDir *string) *cobra.Command {
	var force bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "stop",
		Short: "Stop the hub; refused under active slots",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			root, err := findRoot(*rootDir)
			if err != nil {
				return err
			}
			w := cmd.ErrOrStderr()
			pid, ok := hub.IsRunning(root)
			err = hub.Stop(root, hub.WithStopTimeout(timeout), hub.WithForce(force), hub.WithProgress(func(d time.Duration) {
				say(w, "draining, %s of %s", d.Round(time.Second), timeout)
			}))
			if err != nil {
				return err
			}
			if !ok {
				say(w, "no hub runs in %s", root)
				return nil
			}
			say(w, "hub of %s stopped (pid %d)", root, pid)
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "stop even under active slots; cut after two seconds")
	cmd.Flags().DurationVar(&timeout, "drain-timeout", hub.DefaultDrainTimeout, "how long to wait before the process is killed")
	return cmd
}

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
