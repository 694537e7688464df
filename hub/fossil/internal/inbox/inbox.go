// Package inbox stores the artifacts that arrive in sync messages. Nothing is
// stored under a name that is not its own.
package inbox

import (
	"errors"
	"fmt"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// ErrPayload is matched by errors in what a card carries.
var ErrPayload = errors.New("inbox: bad artifact")

// Inbox takes the artifacts of one message. What they expand to is counted
// against Budget.
type Inbox struct {
	*crosslink.Linker
	Budget *xfer.Budget
}

// File stores an artifact that came in full or as a delta. Errors match
// ErrPayload, store.ErrHash or xfer.ErrBudget if the sender is to blame.
func (b Inbox) File(f xfer.File) error {
	return b.put(f, nil)
}

// CFile is File for a payload that is compressed. A well framed one is stored
// as it came.
func (b Inbox) CFile(c xfer.CFile) error {
	plain, err := c.Plain(b.Budget)
	if errors.Is(err, blob.ErrFraming) {
		err = fmt.Errorf("%w %s: %w", ErrPayload, c.UUID, err)
	}
	if err != nil {
		return err
	}
	framed := c.Framed
	if size, err := blob.Size(framed); err != nil || size != int64(len(plain)) {
		framed = nil // a bare stream
	}
	return b.put(xfer.File{UUID: c.UUID, Source: c.Source, Content: plain, Private: c.Private}, framed)
}

// put stores a file card; framed is its content compressed, if known.
func (b Inbox) put(f xfer.File, framed []byte) error {
	shunned, err := b.Shunned(f.UUID)
	if err != nil || shunned {
		return err
	}
	if f.Source != "" {
		return b.delta(f)
	}
	if !blob.Verify(f.UUID, f.Content) {
		return fmt.Errorf("%w: %s", store.ErrHash, f.UUID)
	}
	_, err = b.Put(store.Artifact{UUID: f.UUID, Plain: f.Content, Framed: framed, Private: f.Private})
	return err
}

func (b Inbox) delta(f xfer.File) error {
	size, err := delta.TargetSize(f.Content)
	if err == nil {
		err = b.Budget.Take(size)
	}
	if err == nil {
		_, err = b.PutDelta(f.UUID, f.Source, f.Content, f.Private, size)
	}
	if errors.Is(err, delta.ErrFormat) {
		err = fmt.Errorf("%w %s: %w", ErrPayload, f.UUID, err)
	}
	return err
}
