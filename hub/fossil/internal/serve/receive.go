package serve

import (
	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/inbox"
	"bones-tui/hub/fossil/internal/xfer"
)

// receive stores the payloads of a message, in order.
func (q *session) receive(l *crosslink.Linker) error {
	in := inbox.Inbox{Linker: l, Budget: q.budget}
	for _, card := range q.cards {
		var err error
		switch c := card.(type) {
		case xfer.File:
			err = in.File(c)
		case xfer.CFile:
			err = in.CFile(c)
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
