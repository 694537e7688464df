package hub

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir/inside"
)

// checkWorktrees refuses to start over .claude/worktrees/agent-* directories.
func checkWorktrees(root string) error {
	found, err := legacyWorktrees(root)
	if err != nil {
		return fmt.Errorf("hub: look for legacy worktrees: %w", err)
	}
	if len(found) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrStaleClaudeWorktrees, strings.Join(found, ", "))
}

// legacyWorktrees lists .claude/worktrees/agent-*, as paths below root. Those that a link
// leads to are another place's.
func legacyWorktrees(root string) (found []string, err error) {
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	entries, err := inside.ReadDir(root, filepath.Join(root, ".claude", "worktrees"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, inside.ErrRefused) {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "agent-") {
			found = append(found, filepath.Join(".claude", "worktrees", e.Name()))
		}
	}
	return found, nil
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
