package hub

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// checkWorktrees refuses to start over .claude/worktrees/agent-* directories.
func checkWorktrees(root string) error {
	found, err := filepath.Glob(filepath.Join(root, ".claude", "worktrees", "agent-*"))
	if err != nil {
		return fmt.Errorf("hub: look for legacy worktrees: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	for i, f := range found {
		found[i], _ = filepath.Rel(root, f)
	}
	return fmt.Errorf("%w: %s", ErrStaleClaudeWorktrees, strings.Join(found, ", "))
}

func checkRoot(root string) error {
	info, err := os.Stat(root)
	if err != nil {
		return fmt.Errorf("hub: open workspace: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("hub: open workspace: %s is not a directory", root)
	}
	return nil
}
