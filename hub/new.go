package hub

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"bones-tui/hub/bonesdir"
)

// New validates root and opts and touches nothing. Root is the directory that
// holds, or will hold, .bones; FindRoot finds it.
func New(root string, opts ...Option) (*Hub, error) {
	set, err := resolve(opts)
	if err != nil {
		return nil, err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("hub: open workspace: %w", err)
	}
	if err := checkRoot(root); err != nil {
		return nil, err
	}
	return &Hub{
		dir: bonesdir.At(root), set: set, runID: uuid.NewString(),
		locked: make(chan struct{}), ready: make(chan struct{}), done: make(chan struct{}), cut: make(chan struct{}),
	}, nil
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
