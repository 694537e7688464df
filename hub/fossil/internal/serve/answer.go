package serve

import (
	"errors"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// sendFile sends an artifact in full. One that is not here is left out.
func sendFile(out *xfer.Writer, v store.View, rid int64, uuid string, private bool) error {
	content, err := v.Content(rid)
	if errors.Is(err, store.ErrPhantom) {
		return nil
	}
	if err != nil {
		return err
	}
	out.File(xfer.File{UUID: uuid, Content: content, Private: private})
	return nil
}

// answerPull sends what was asked for and announces what is new.
func (q *session) answerPull(v store.View) error {
	if !q.pull {
		return nil
	}
	for _, card := range q.cards {
		if c, ok := card.(xfer.Gimme); ok {
			if err := q.give(v, c.UUID); err != nil {
				return err
			}
		}
	}
	if q.catalog {
		return q.announceAll(v)
	}
	if q.clusters {
		if err := q.announce(v, "SELECT uuid, 0 FROM tagxref CROSS JOIN blob USING(rid) WHERE tagid=7 AND size>=0"); err != nil {
			return err
		}
	}
	return q.announceNew(v)
}

// give sends one artifact, or announces it again when the reply is full.
func (q *session) give(v store.View, uuid string) error {
	var rid, size int64
	var private, shunned bool
	found, err := v.Query(`SELECT rid, size, EXISTS(SELECT 1 FROM private WHERE private.rid=blob.rid),
		EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid)
		FROM blob WHERE uuid=? AND size>=0`, uuid).Scan(&rid, &size, &private, &shunned)
	if err != nil || !found || shunned || (private && !q.sendPrivate) {
		return err
	}
	if q.full(replyBytes, size) {
		q.out.IGot(uuid, private)
		return nil
	}
	err = sendFile(&q.out, v, rid, uuid, private)
	var damage *store.DamageError
	if errors.As(err, &damage) { // the client still gets the rest
		q.damage, err = err, nil
		q.out.Message("the server cannot read artifact " + uuid)
	}
	return err
}

// announceNew sends an igot for everything that is in no cluster yet.
func (q *session) announceNew(v store.View) error {
	err := q.announce(v, `SELECT uuid, 0 FROM unclustered CROSS JOIN blob USING(rid) WHERE size>=0
		AND NOT EXISTS(SELECT 1 FROM private WHERE private.rid=blob.rid)
		AND NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid)`)
	if err != nil || !q.sendPrivate {
		return err
	}
	return q.announce(v, "SELECT uuid, 1 FROM private CROSS JOIN blob USING(rid) WHERE size>=0")
}

// announceAll sends an igot for every artifact.
func (q *session) announceAll(v store.View) error {
	err := q.announce(v, `SELECT uuid, 0 FROM blob WHERE size>=0
		AND NOT EXISTS(SELECT 1 FROM private WHERE private.rid=blob.rid)
		AND NOT EXISTS(SELECT 1 FROM shun WHERE shun.uuid=blob.uuid) ORDER BY rid DESC`)
	if err != nil || !q.sendPrivate {
		return err
	}
	return q.announce(v, "SELECT uuid, 1 FROM private CROSS JOIN blob USING(rid) WHERE size>=0")
}

// announce sends an igot for each row of name and privacy, unless the client
// has it.
func (q *session) announce(v store.View, sql string) error {
	return v.Query(sql).Each(func(r sqlite.Row) error {
		uuid := r.Text(0)
		if _, has := q.remote[uuid]; !has {
			q.out.IGot(uuid, r.Int64(1) == 1)
		}
		return nil
	})
}

// maxGimmes is how many artifacts a reply asks for.
const maxGimmes = 500

// answerPush asks for what the client has announced and we lack.
func (q *session) answerPush(v store.View) error {
	if !q.push {
		return nil
	}
	wanted, err := v.Wanted(q.sendPrivate, maxGimmes)
	for _, uuid := range wanted {
		q.out.Gimme(uuid)
	}
	return err
}

// serverVersion is what we claim to be. Clients of a server from 2.27 on would
// send the login in a cookie.
var serverVersion = [...]string{"22100", "20230226", "192424"}

// answerPragmas answers the hints that want it.
func (q *session) answerPragmas(v store.View) error {
	for _, card := range q.cards {
		c, ok := card.(xfer.Pragma)
		if !ok {
			continue
		}
		switch c.Name {
		case "client-version":
			q.out.Pragma("server-version", serverVersion[:]...)
		case "ci-lock":
			if err := q.lock(v, c.Args); err != nil {
				return err
			}
		case "ci-unlock":
			if len(c.Args) > 0 {
				q.server.locks.release(c.Args[0])
			}
		}
	}
	return nil
}
