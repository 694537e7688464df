package serve

import (
	"errors"
	"fmt"
	"io"

	"bones-tui/hub/fossil/internal/crosslink"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// maxEcho bounds what an error repeats of a client's line.
const maxEcho = 100

// admit settles who asks for what, in the order of the cards, and whether
// anything is to be written.
func (q *session) admit(v store.View) error {
	if err := q.rights.grantUser(v, "nobody"); err != nil {
		return err
	}
	for _, card := range q.cards {
		if err := q.admitCard(v, card); err != nil {
			return err
		}
	}
	if q.pull && !q.mutates && q.server.DB.Writable() {
		var err error
		if q.loose, err = crosslink.NeedsClusters(v.Conn); err != nil {
			return err
		}
	}
	return nil
}

func (q *session) admitCard(v store.View, card xfer.Card) error {
	switch c := card.(type) {
	case xfer.Login:
		return q.login(v, c)
	case xfer.Pull:
		return q.admitPull(c)
	case xfer.Push:
		return q.admitPush(c)
	case xfer.Clone:
		q.clone = &c
		if !q.rights.clone {
			return refusal("not authorized to clone")
		}
	case xfer.Pragma:
		return q.pragma(c)
	case xfer.File:
		return q.admitFile(c.UUID, c.Private)
	case xfer.CFile:
		return q.admitFile(c.UUID, c.Private)
	case xfer.IGot:
		return q.admitIGot(v, c)
	case xfer.UVFile:
		if !q.rights.writeUV {
			return refusal("not authorized to write unversioned content")
		}
		q.mutates = true
	case xfer.Config:
		if !q.rights.admin {
			return refusal("not authorized to push configuration")
		}
		q.mutates = true
	case xfer.Unknown:
		return fmt.Errorf("%w: %w", refusal("bad command: "+c.Line[:min(len(c.Line), maxEcho)]), xfer.ErrSyntax)
	}
	return nil
}

// project reports whether one of the codes is ours. Some clients send them in
// the wrong order, or only one.
func (q *session) project(server, project string) bool {
	return project == q.server.ProjectCode || server == q.server.ProjectCode
}

func (q *session) admitPull(c xfer.Pull) error {
	if !q.project(c.ServerCode, c.ProjectCode) {
		return refusal("wrong project")
	}
	if !q.rights.read {
		return refusal("not authorized to read")
	}
	q.pull = true
	return nil
}

func (q *session) admitPush(c xfer.Push) error {
	switch {
	case !q.project(c.ServerCode, c.ProjectCode):
		return refusal("wrong project")
	case q.rights.write:
		q.push = true
	case q.pull:
		q.out.Message("pull only - not authorized to push")
	default:
		return refusal("not authorized to write")
	}
	return nil
}

const errPrivate = refusal("not authorized to sync private content")

func (q *session) admitFile(uuid string, private bool) error {
	if !q.push {
		return refusal("not authorized to write")
	}
	if private && !q.rights.private {
		return errPrivate
	}
	q.remote[uuid] = struct{}{}
	q.mutates = true
	return nil
}

func (q *session) admitIGot(v store.View, c xfer.IGot) error {
	q.remote[c.UUID] = struct{}{}
	if !q.push {
		return nil
	}
	if c.Private && !q.rights.private {
		return errPrivate
	}
	if q.mutates {
		return nil
	}
	rid, _, err := v.Lookup(c.UUID)
	q.mutates = rid == 0
	return err
}

// pragma takes the hints that change what is asked for. The others are
// answered later or ignored.
func (q *session) pragma(c xfer.Pragma) error {
	switch c.Name {
	case "send-private":
		if !q.rights.private {
			return errPrivate
		}
		q.sendPrivate = true
	case "send-catalog":
		q.catalog = true
	case "req-clusters":
		q.clusters = true
	case "uv-hash":
		if len(c.Args) > 0 {
			q.uvHash = c.Args[0]
		}
	}
	return nil
}
