package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"bones-tui/hub"
)

// outcome is what a command did to the hub, in the form of its --json. What does not
// apply is left out.
type outcome struct {
	Root       string   `json:"root"`
	Outcome    string   `json:"outcome"`
	StoppedPID int      `json:"stopped_pid,omitempty"`
	Killed     bool     `json:"killed,omitempty"`
	PID        int      `json:"pid,omitempty"`
	FossilURL  string   `json:"fossil_url,omitempty"`
	NATSURL    string   `json:"nats_url,omitempty"`
	Archive    string   `json:"archive,omitempty"`
	Unapplied  *int64   `json:"unapplied,omitempty"`
	Files      *int     `json:"files,omitempty"`
	Base       string   `json:"base,omitempty"`
	Slots      []string `json:"slots,omitempty"`
	AtRisk     []string `json:"at_risk,omitempty"`
	Patch      string   `json:"patch,omitempty"`

	Copies    []hub.Recoverable `json:"copies,omitempty"`
	Removed   []string          `json:"removed,omitempty"`
	Recovered *hub.BroughtBack  `json:"recovered,omitempty"`
	Incidents []hub.Incident    `json:"incidents,omitempty"`

	Error string   `json:"error,omitempty"`
	Log   []string `json:"log,omitempty"`
}

// The outcomes, which docs/json.md explains.
const (
	outcomeStarted   = "started"
	outcomeRunning   = "already running"
	outcomeStopped   = "stopped"
	outcomeNoHub     = "not running"
	outcomeReseeded  = "reseeded"
	outcomeListed    = "listed"
	outcomeRecovered = "recovered"
	outcomePruned    = "pruned"
	outcomeDismissed = "dismissed"
	outcomeRefused   = "refused"
	outcomeFailed    = "failed"
)

// act is one command that changes the hub, while it runs. It says what it does on
// standard error; with --json it says nothing there, and prints one object in the end.
type act struct {
	cmd    *cobra.Command
	asJSON bool
	done   outcome
	told   bool
}

// acting makes a command that does something to the hub of the workspace, and adds
// its --json.
func acting(rootDir *string, cmd *cobra.Command, do func(a *act) error) *cobra.Command {
	a := &act{cmd: cmd}
	jsonFlag(cmd, &a.asJSON)
	cmd.Args = noArgs
	cmd.RunE = func(*cobra.Command, []string) (err error) {
		if a.done.Root, err = findRoot(*rootDir); err != nil {
			return err
		}
		return a.end(do(a))
	}
	return cmd
}

// say prints a line of chatter, if this is for people.
func (a *act) say(format string, args ...any) {
	if !a.asJSON {
		say(a.cmd.ErrOrStderr(), format, args...)
	}
}

// tell prints the object, once.
func (a *act) tell() error {
	if !a.asJSON || a.told {
		return nil
	}
	a.told = true
	return printJSON(a.cmd.OutOrStdout(), a.done)
}

// end tells how the command ended, and returns err for the exit code. A wrong flag is
// no outcome.
func (a *act) end(err error) error {
	if usage := (usageError{}); errors.As(err, &usage) {
		return err
	}
	if err != nil {
		a.done.fail(err)
	}
	return errors.Join(err, a.tell())
}

// fail makes a failure of the outcome, whatever was done before.
func (o *outcome) fail(err error) {
	o.Outcome, o.Error = outcomeFailed, explain(err)
	var active *hub.ActiveSlotsError
	if errors.As(err, &active) {
		o.Outcome = outcomeRefused
		for _, s := range active.Slots {
			o.Slots = append(o.Slots, s.Name)
		}
	}
	var start *hub.StartError
	if errors.As(err, &start) && start.Log != "" {
		o.Log = strings.Split(start.Log, "\n")
	}
}
