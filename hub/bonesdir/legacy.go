package bonesdir

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir/inside"
)

// LegacyWorktrees lists .claude/worktrees/agent-*, as paths below root. Those that a link
// leads to are another place's.
func LegacyWorktrees(root string) (found []string, err error) {
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
