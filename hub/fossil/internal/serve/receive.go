package serve

import (
	"errors"
	"fmt"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/delta"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// errPayload is matched by errors in what a client's card carries.
var errPayload = errors.New("bad artifact")

// receive stores the payloads of a message, in order.
func (q *session) receive(l *crosslink.Linker) error {
	for _, card := range q.cards {
		var err error
		switch c := card.(type) {
		case xfer.File:
			err = q.receiveFile(l, c)
		case xfer.CFile:
			err = q.receiveCFile(l, c)
		case xfer.UVFile:
			err = q.receiveUnversioned(l, c)
		case xfer.Config:
			err = receiveConfig(l.Conn, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// receiveFile stores an artifact that came in full or as a delta.
func (q *session) receiveFile(l *crosslink.Linker, f xfer.File) error {
	shunned, err := l.Shunned(f.UUID)
	if err != nil || shunned {
		return err
	}
	if f.Source != "" {
		return q.receiveDelta(l, f)
	}
	if !blob.Verify(f.UUID, f.Content) {
		return fmt.Errorf("%w: %s", store.ErrHash, f.UUID)
	}
	_, err = l.Put(store.Artifact{UUID: f.UUID, Plain: f.Content, Private: f.Private})
	return err
}

func (q *session) receiveDelta(l *crosslink.Linker, f xfer.File) error {
	size, err := delta.TargetSize(f.Content)
	if err == nil {
		err = q.budget.Take(size)
	}
	if err == nil {
		_, err = l.PutDelta(f.UUID, f.Source, f.Content, f.Private, size)
	}
	if errors.Is(err, delta.ErrFormat) {
		err = fmt.Errorf("%w %s: %w", errPayload, f.UUID, err)
	}
	return err
}

// receiveCFile is receiveFile for a payload that is compressed.
func (q *session) receiveCFile(l *crosslink.Linker, c xfer.CFile) error {
	plain, err := c.Plain(q.budget)
	if errors.Is(err, blob.ErrFraming) {
		err = fmt.Errorf("%w %s: %w", errPayload, c.UUID, err)
	}
	if err != nil {
		return err
	}
	return q.receiveFile(l, xfer.File{UUID: c.UUID, Source: c.Source, Content: plain, Private: c.Private})
}

// want makes phantoms of what the client has and we do not.
func (q *session) want(l *crosslink.Linker) error {
	if !q.push {
		return nil
	}
	for _, card := range q.cards {
		c, ok := card.(xfer.IGot)
		if !ok {
			continue
		}
		shunned, err := l.Shunned(c.UUID)
		if err != nil {
			return err
		}
		if shunned {
			continue
		}
		if _, err := l.RID(c.UUID, c.Private); err != nil {
			return err
		}
	}
	return nil
}
