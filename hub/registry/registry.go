// Package registry keeps the per-user list of workspaces with a hub, one small
// JSON file each, by which tools find hubs outside the current workspace.
package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/durable"
)

// Row is what is listed of one workspace.
type Row struct {
	CWD       string    `json:"cwd"`        // the workspace's root, absolute
	Name      string    `json:"name"`       // display name
	HubURL    string    `json:"hub_url"`    // Fossil URL, "" without a hub
	NATSURL   string    `json:"nats_url"`   // NATS URL, "" without a hub
	HubPID    int       `json:"hub_pid"`    // 0 without a hub
	StartedAt time.Time `json:"started_at"` // when the hub started, UTC
}

// ErrBadRow is returned by Read for a file that is there and holds no row.
var ErrBadRow = errors.New("registry: bad row")

const (
	dirMode  fs.FileMode = 0o700
	rowMode  fs.FileMode = 0o600
	rowExt               = ".json"
	maxBytes             = 64 << 10 // of a row that is read at all
)

// Dir returns the registry's directory below a home directory.
func Dir(home string) string { return filepath.Join(home, ".bones", "workspaces") }

// ID returns the name of a workspace's row, without .json.
func ID(root string) string { return bonesdir.ID(root) }

func rowPath(home, root string) string { return filepath.Join(Dir(home), ID(root)+rowExt) }

// Write lists the workspace at r.CWD, atomically, in place of what was listed of
// it before.
func Write(home string, r Row) error {
	if err := os.MkdirAll(Dir(home), dirMode); err != nil {
		return fmt.Errorf("registry: write row: %w", err)
	}
	return writeRow(rowPath(home, r.CWD), r)
}

func writeRow(path string, r Row) error {
	r.StartedAt = r.StartedAt.UTC()
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("registry: write row: %w", err)
	}
	if err := durable.WriteFile(path, text, rowMode); err != nil {
		return fmt.Errorf("registry: write row: %w", err)
	}
	return nil
}

// Remove takes the workspace at root off the list. It is no error if it is not on it.
func Remove(home, root string) error { return removeRow(rowPath(home, root)) }

// RemoveOwn takes r off the list, unless another hub has listed its workspace since.
func RemoveOwn(home string, r Row) error {
	now, err := Read(home, r.CWD)
	if err != nil || now.HubPID != r.HubPID || !now.StartedAt.Equal(r.StartedAt) {
		return nil //nolint:nilerr // gone, or nothing that we wrote
	}
	return Remove(home, r.CWD)
}

func removeRow(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("registry: remove row: %w", err)
	}
	return nil
}

// Read returns what is listed of the workspace at root. Errors match
// fs.ErrNotExist if that is nothing, and ErrBadRow.
func Read(home, root string) (Row, error) { return readRow(rowPath(home, root)) }

func readRow(path string) (Row, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return Row{}, fmt.Errorf("registry: read row: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxBytes {
		return Row{}, fmt.Errorf("%w: %s", ErrBadRow, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Row{}, fmt.Errorf("registry: read row: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(io.LimitReader(f, maxBytes))
	if err != nil {
		return Row{}, fmt.Errorf("registry: read row: %w", err)
	}
	var r Row
	if err := json.Unmarshal(text, &r); err != nil {
		return Row{}, fmt.Errorf("%w: %s: %w", ErrBadRow, path, err)
	}
	if !filepath.IsAbs(r.CWD) || r.HubPID < 0 {
		return Row{}, fmt.Errorf("%w: %s", ErrBadRow, path)
	}
	r.StartedAt = r.StartedAt.UTC() // rows are compared
	return r, nil
}
