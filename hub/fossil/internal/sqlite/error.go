package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
)

// Errors that callers tell apart.
var (
	ErrClosed      = errors.New("sqlite: closed")
	ErrReadOnly    = errors.New("sqlite: opened read-only")
	ErrCorrupt     = errors.New("sqlite: damaged database")
	ErrNotDatabase = errors.New("sqlite: not a database")
	ErrBusy        = errors.New("sqlite: locked by another process")
	ErrFull        = errors.New("sqlite: disk full")
)

// errStop ends an iteration early.
var errStop = errors.New("sqlite: stop")

// wrap says what failed and makes the error match one of the above. An
// interrupted statement reports the context's error.
func (c *Conn) wrap(ctx context.Context, what string, err error) error {
	if errors.Is(err, sqlite3.INTERRUPT) && ctx.Err() != nil {
		return ctx.Err()
	}
	for _, k := range []struct {
		code sqlite3.ErrorCode
		err  error
	}{
		{sqlite3.CORRUPT, ErrCorrupt},
		{sqlite3.NOTADB, ErrNotDatabase},
		{sqlite3.BUSY, ErrBusy},
		{sqlite3.LOCKED, ErrBusy},
		{sqlite3.FULL, ErrFull},
	} {
		if errors.Is(err, k.code) {
			return fmt.Errorf("%w: %s: %w", k.err, what, err)
		}
	}
	return fmt.Errorf("sqlite: %s: %w", what, err)
}
