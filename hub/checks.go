package hub

import (
	"fmt"
	"os"
	"strings"

	"bones-tui/hub/bonesdir"
)

// checkWorktrees refuses to start over .claude/worktrees/agent-* directories.
func checkWorktrees(root string) error {
	found, err := bonesdir.LegacyWorktrees(root)
	if err != nil {
		return fmt.Errorf("hub: look for legacy worktrees: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrStaleClaudeWorktrees, strings.Join(found, ", "))
}

func checkRoot(root string) error {
	info, err := os.Stat(root) //nolint:forbidigo // the user has named it
	if err != nil {
		return fmt.Errorf("hub: open workspace: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("hub: open workspace: %s is not a directory", root)
	}
	return nil
}
