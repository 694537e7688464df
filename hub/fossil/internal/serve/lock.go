package serve

import (
	"strconv"
	"sync"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/store"
)

// lockTime is how long a check-in lock lives.
const lockTime = 60 * time.Second

// locks remembers who is about to commit on top of which check-in. They are
// warnings, not rights, and are forgotten at a restart.
type locks struct {
	mu        sync.Mutex
	byCheckIn map[string]lock
}

type lock struct {
	user, client string
	since        time.Time
}

// take enters a lock unless another client's is alive, which is returned.
func (l *locks) take(checkIn string, mine lock) (other lock, blocked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for uuid, k := range l.byCheckIn {
		if mine.since.Sub(k.since) > lockTime {
			delete(l.byCheckIn, uuid)
		}
	}
	if k, ok := l.byCheckIn[checkIn]; ok {
		return k, k.client != mine.client
	}
	if l.byCheckIn == nil {
		l.byCheckIn = map[string]lock{}
	}
	l.byCheckIn[checkIn] = mine
	return lock{}, false
}

// drop forgets the lock of a check-in that got a child.
func (l *locks) drop(checkIn string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.byCheckIn, checkIn)
}

// release forgets the locks of a client.
func (l *locks) release(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for uuid, k := range l.byCheckIn {
		if k.client == client {
			delete(l.byCheckIn, uuid)
		}
	}
}

// lock answers "ci-lock CHECKIN CLIENT".
func (q *session) lock(v store.View, args []string) error {
	if len(args) < 2 || !blob.ValidUUID(args[0]) {
		return nil
	}
	isLeaf, err := v.Exists("SELECT 1 FROM leaf CROSS JOIN blob USING(rid) WHERE uuid=?", args[0])
	if err != nil {
		return err
	}
	if !isLeaf {
		q.server.locks.drop(args[0])
	}
	user := q.user
	if user == "" {
		user = "nobody"
	}
	other, blocked := q.server.locks.take(args[0], lock{user: user, client: args[1], since: time.Now()})
	if blocked {
		q.out.Pragma("ci-lock-fail", artifact.Escape(other.user), strconv.FormatInt(other.since.Unix(), 10))
	}
	return nil
}
