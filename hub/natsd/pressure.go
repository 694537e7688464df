package natsd

import (
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// pendingMost is what may wait for all clients together: three that have stopped to
	// read, each with maxPending. Clients that read have next to nothing waiting.
	pendingMost = 96 << 20
	// pendingEvery and pressedEvery are how often that is looked at: while the process is
	// small, when there is nothing to find, and while it is not.
	pendingEvery = 250 * time.Millisecond
	pressedEvery = 20 * time.Millisecond
	// pressed is the size of a process that may hold too much.
	pressed = 64 << 20
)

// relieve cuts off clients whenever too much waits for all of them together; the server by
// itself only looks at each alone. Those go first for which most waits.
func (s *Server) relieve(stop <-chan struct{}) {
	t := time.NewTimer(pendingEvery)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
		}
		if heap() < pressed {
			t.Reset(pendingEvery)
			continue
		}
		s.shed(s.nats.Load())
		t.Reset(pressedEvery)
	}
}

// shed cuts clients off until half of what is allowed is free again.
func (s *Server) shed(ns *server.Server) {
	all, err := ns.Connz(&server.ConnzOptions{Sort: server.ByPending, Limit: maxConns})
	if err != nil {
		return // it is about to end
	}
	total := 0
	for _, c := range all.Conns {
		total += c.Pending
	}
	if total <= pendingMost {
		return
	}
	for _, c := range all.Conns {
		if total <= pendingMost/2 {
			return
		}
		if ns.DisconnectClientByID(c.Cid) != nil {
			continue // it has gone by itself
		}
		s.shedded.Add(1)
		s.line(Line{Level: "WARN", Cause: "cut off", Text: fmt.Sprintf(
			"cut off client %d (%q), which has left %d MiB unread: for all clients together there were %d MiB",
			c.Cid, c.Name, c.Pending>>20, total>>20)})
		total -= c.Pending
	}
}

// heap returns the bytes of all objects.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
