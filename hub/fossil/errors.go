package fossil

import (
	"context"
	"errors"
	"fmt"

	"bones-tui/hub/fossil/internal/schema"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Errors that callers tell apart. They come wrapped in what failed.
var (
	ErrNotRepository = errors.New("not a repository")
	ErrNotFound      = errors.New("not found")
	ErrAmbiguous     = errors.New("ambiguous name")
	ErrReadOnly      = errors.New("repository is read-only")
	ErrClosed        = errors.New("repository is closed")
	ErrCorrupt       = errors.New("repository is damaged")
	ErrFull          = errors.New("disk full")
	ErrNothing       = errors.New("nothing to commit")
	ErrTooLarge      = errors.New("too large to compare")
)

// CorruptError says where a repository is damaged. It matches ErrCorrupt.
type CorruptError struct {
	Path     string // of the repository
	Artifact string // name of the artifact that cannot be read, or ""
	Err      error  // for damage of the file's structure, names the page
}

// Error implements error.
func (e *CorruptError) Error() string {
	if e.Artifact != "" {
		return fmt.Sprintf("fossil: %s is damaged: artifact %s: %v", e.Path, e.Artifact, e.Err)
	}
	return fmt.Sprintf("fossil: %s is damaged: %v", e.Path, e.Err)
}

// Is reports true for ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// explain turns an error of the layers below into one of this package.
func explain(path, what string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var damage *store.DamageError
	if errors.As(err, &damage) {
		return &CorruptError{Path: path, Artifact: damage.UUID, Err: damage.Err}
	}
	if errors.Is(err, sqlite.ErrCorrupt) {
		return &CorruptError{Path: path, Err: err}
	}
	for _, pair := range [][2]error{
		{sqlite.ErrNotDatabase, ErrNotRepository},
		{schema.ErrSchema, ErrNotRepository},
		{sqlite.ErrClosed, ErrClosed},
		{sqlite.ErrReadOnly, ErrReadOnly},
		{sqlite.ErrFull, ErrFull},
		{store.ErrUnknown, ErrNotFound},
		{store.ErrPhantom, ErrNotFound},
	} {
		if errors.Is(err, pair[0]) {
			return fmt.Errorf("fossil: %s: %w: %w", what, pair[1], err)
		}
	}
	return fmt.Errorf("fossil: %s: %w", what, err)
}
