package main

import (
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
	trustState          bool
}

func (f *hubFlags) register(fs *pflag.FlagSet) {
	fs.IntVar(&f.repoPort, "repo-port", 0, "port of the Fossil HTTP server (default: the recorded one, else any)")
	fs.IntVar(&f.coordPort, "coord-port", 0, "port of the NATS server (default: the recorded one, else any)")
	fs.StringVar(&f.logLevel, "log-level", "", "floor of hub.log: debug, info, warn or error")
	fs.DurationVar(&f.drainTimeout, "drain-timeout", hub.DefaultDrainTimeout, "how long an ending hub waits for requests under way")
	fs.StringVar(&f.durability, "durability", string(hub.DurabilityAlways), "what acknowledged writes survive: always (loss of power) or os (the process only)")
	fs.BoolVar(&f.trustState, "trust-state", false, "use a repository and a store below .bones that no hub of yours has made")
}

func (f *hubFlags) options() []hub.Option {
	return []hub.Option{
		hub.WithRepoPort(f.repoPort), hub.WithCoordPort(f.coordPort), hub.WithLogLevel(f.logLevel),
		hub.WithDrainTimeout(f.drainTimeout), hub.WithDurability(hub.Durability(f.durability)),
		hub.WithTrustState(f.trustState),
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
	cmd := &cobra.Command{
		Use: "hub", Short: "Start, stop and inspect the hub without a screen", Args: noArgs,
		// Without a function of its own cobra answers an unknown sub-command with help and success.
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newHubStartCommand(rootDir), newHubStopCommand(rootDir), newHubRestartCommand(rootDir),
		newHubStatusCommand(rootDir), newHubReseedCommand(rootDir), newHubRecoverCommand(rootDir), newHubDismissCommand(rootDir))
	return cmd
}
