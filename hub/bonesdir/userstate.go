package bonesdir

import (
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
