// Package durable replaces small files so that a reader, and a machine that
// loses power, sees either the old content or the new one, never a part; and seals lines, so
// that one that was changed by accident is told from what was written.
package durable

import (
	"fmt"
	"io/fs"
	"path/filepath"
)

// WriteFile makes path hold data with exactly the permissions perm, whatever
// the umask. The data goes to a temporary file in the same directory, which is
// fsynced and renamed over path; then the directory is fsynced. A symbolic link
// at path is replaced, not followed. On failure the old file stays.
func WriteFile(path string, data []byte, perm fs.FileMode) error {
	if err := replace(path, data, perm); err != nil {
		return fmt.Errorf("durable: write %s: %w", path, err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("durable: write %s: %w", path, err)
	}
	return nil
}
