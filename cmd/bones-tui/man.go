package main

import (
	"fmt"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// The sections of the manual page that no flag or command tells.
const (
	manExit = `0: done. 1: failed, or something is wrong: no hub runs, a service is down, doctor says FAIL, the workspace cannot be seeded.
2: wrong usage. 3: refused, because slots are active. 4: no workspace here.`
	manFiles = `<workspace>/.bones/ holds all state: hub.log and its rotated files, hub.fossil, coord/ (JetStream), swarm/ (the slots), recovery/ (saved worktrees, and copies of check-ins that git has not received), hub.incidents (what was lost, until hub dismiss).
~/.bones/workspaces/ is the list of this user's hubs.
$XDG_STATE_HOME/bones-tui/ holds crash reports, saved log lines, patches for git, saved worktrees, the key that signs what hubs of yours make, and in recovery/ repositories that were deleted under a hub: maybe the only copy.`
	manEnvironment = `BONES_DIR: state directory of the current workspace, in place of .bones.
BONES_TUI_READ_ONLY=1: as --read-only.
BONES_HUB_LOG_LEVEL: floor of hub.log, if --log-level is not given.
BONES_LOG_MAX_SIZE, BONES_LOG_MAX_FILES: size in bytes at which hub.log is rotated, and how many files are kept.
NO_COLOR: no colours.`
)

func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page: bones-tui man | man -l -",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return err
			}
			page.WithSection("Exit Status", manExit).WithSection("Files", manFiles).WithSection("Environment", manEnvironment)
			_, err = fmt.Fprint(cmd.OutOrStdout(), page.Build(roff.NewDocument()))
			return err
		},
	}
}
