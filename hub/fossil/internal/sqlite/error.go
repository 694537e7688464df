package sqlite

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/ncruces/go-sqlite3"
)

// Errors that callers tell apart.
var (
	ErrClosed      = errors.New("sqlite: closed")
	ErrReadOnly    = errors.New("sqlite: read-only")
	ErrCorrupt     = errors.New("sqlite: damaged database")
	ErrNotDatabase = errors.New("sqlite: not a database")
	ErrBusy        = errors.New("sqlite: locked by another process")
	ErrFull        = errors.New("sqlite: disk full")
	ErrTooLarge    = errors.New("sqlite: a value is too large")
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
		code error
		err  error
	}{
		{syscall.EROFS, ErrReadOnly}, // of the file system, found out while writing
		{syscall.EDQUOT, ErrFull},
		{syscall.EFBIG, ErrFull},
		{sqlite3.CORRUPT, ErrCorrupt},
		{sqlite3.NOTADB, ErrNotDatabase},
		{sqlite3.BUSY, ErrBusy},
		{sqlite3.LOCKED, ErrBusy},
		{sqlite3.FULL, ErrFull},
		{sqlite3.READONLY, ErrReadOnly},
		{sqlite3.TOOBIG, ErrTooLarge},
	} {
		if errors.Is(err, k.code) {
			return fmt.Errorf("%w: %s: %w", k.err, what, err)
		}
	}
	return fmt.Errorf("sqlite: %s: %w", what, err)
}

// outOfMemory is what the library panics with when the memory of a connection is used up.
const outOfMemory = "sqlite3: out of memory"

// calm turns that panic, which is the library's word for a value too large, into an error.
// The connection is not used again: nothing of it can be relied on.
func (c *Conn) calm(err *error) {
	p := recover()
	if p == nil {
		return
	}
	c.broken = true
	if said, ok := p.(error); !ok || said.Error() != outOfMemory {
		panic(p)
	}
	*err = ErrTooLarge
}
