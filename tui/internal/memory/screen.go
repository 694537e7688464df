// Package memory is what of a workspace's screen outlives the program.
package memory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Screen is what of a workspace's screen outlives the program. Names rather than
// numbers: an older or a newer program must be able to read it.
type Screen struct {
	Focus    string   `json:"focus,omitempty"`
	Zoomed   bool     `json:"zoomed,omitempty"`
	Log      string   `json:"log_filter,omitempty"`
	Slots    string   `json:"slots_filter,omitempty"`
	Marking  bool     `json:"marking,omitempty"` // the log shows all and marks what matches
	Clock    string   `json:"clock,omitempty"`
	Sort     string   `json:"sort,omitempty"`
	Reversed bool     `json:"reversed,omitempty"`
	History  []string `json:"filter_history,omitempty"`
}

// maxSize bounds the file; nothing that we wrote is larger.
const maxSize = 256 << 10

// Read returns what was kept. Without a file there is nothing; one that makes
// no sense is an error, and is no reason not to show the screen.
func Read(path string) (m Screen, err error) {
	if path == "" {
		return m, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	var b []byte
	if err == nil {
		b, err = io.ReadAll(io.LimitReader(f, maxSize))
		err = errors.Join(err, f.Close())
	}
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return Screen{}, fmt.Errorf("memory: the kept state in %s is ignored: %w", path, err)
	}
	return m, nil
}
