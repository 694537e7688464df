package bonesdir

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// UserState is where programs of this user keep what belongs to no workspace, or must outlive
// it: bones-tui below $XDG_STATE_HOME, as the XDG base directory specification has it. It
// need not be there.
func UserState() (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "bones-tui"), nil
}

// LostHome is where repositories of the workspace are saved whose state directory was
// deleted, moved or replaced under a hub: `git clean` and `bones down` do not get there.
func (d Dir) LostHome() (string, error) {
	state, err := UserState()
	return filepath.Join(state, recoveryDir, ID(d.Root)), err
}

// ID names a workspace in files outside of it: the first 16 hex digits of the SHA-256 of its
// clean absolute root. Symbolic links stay.
func ID(root string) string {
	sum := sha256.Sum256([]byte(absolute(root)))
	return hex.EncodeToString(sum[:])[:idLen]
}

const idLen = 16
