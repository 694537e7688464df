package seed

import (
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/fossil"
)

// Unreceived lists the check-ins of all branches that git has not received, the newest
// first and at most limit if that is positive, and counts all. This is the one rule: git has
// a check-in if it is an ancestor of what was applied last, or is that, and likewise of the
// base, which is only ever put on top of what git has. A fork of either is not received.
func Unreceived(ctx context.Context, repo Historian, lastApplied string, limit int) (list []fossil.CheckIn, total int64, err error) {
	heads, err := Received(ctx, repo, lastApplied)
	if err != nil {
		return nil, 0, err
	}
	if list, total, err = repo.Outside(ctx, heads, limit); err != nil {
		return nil, 0, fmt.Errorf("hub: list unapplied check-ins: %w", err)
	}
	return list, total, nil
}

// InGit reports whether git has all that a repository holds. It has no place for notes.
func InGit(ctx context.Context, repo recorded, lastApplied string) (bool, error) {
	_, n, err := Unreceived(ctx, repo, lastApplied, 1)
	if err != nil || n > 0 {
		return false, err
	}
	notes, err := repo.Notes(ctx, 1)
	return len(notes) == 0, err
}

// Received names the check-ins that git has with all their ancestors. What was applied may
// be of an older repository; it then has none here.
func Received(ctx context.Context, repo Historian, lastApplied string) (heads []string, err error) {
	base, err := Base(ctx, repo)
	if err != nil {
		return nil, err
	}
	for _, head := range []string{base.UUID, lastApplied} {
		if head != "" {
			heads = append(heads, head)
		}
	}
	return heads, nil
}

// maxUUID bounds what is read of last-applied, in bytes.
const maxUUID = 128

// LastApplied returns the check-in that git received last, or "".
func LastApplied(d bonesdir.Dir) string {
	path := d.LastApplied()
	b, err := inside.ReadFile(filepath.Dir(path), path, maxUUID)
	uuid := strings.TrimSpace(string(b))
	if err != nil || len(uuid) != 40 && len(uuid) != 64 {
		return ""
	}
	if _, err := hex.DecodeString(uuid); err != nil {
		return ""
	}
	return uuid
}
