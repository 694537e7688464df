package hub

import (
	"errors"
	"fmt"
	"net"

	"bones-tui/hub/fossil"
	"bones-tui/hub/internal/door"
)

// failed takes note of a sync message that failed, by whatever door it came.
func (r *running) failed(f fossil.Failure) {
	r.failures.add(f)
	host, _, err := net.SplitHostPort(f.Peer)
	if err != nil {
		host = f.Door // each connection has another name
	}
	whom := "no login"
	if f.User != "" {
		whom = fmt.Sprintf("user %.80q", f.User)
	}
	cause := fmt.Sprintf("fossil: %s %s %s %s %s", f.Cause, f.What, f.Door, host, brief(f.User))
	text := fmt.Sprintf("%s over %s from %s, %s: %s", f.What, f.Door, brief(f.Peer), whom, f.Cause)
	if f.Cause.Ours() {
		r.oftenFailed(cause, "fossil: failed "+text, f.Err)
		return
	}
	r.often(cause, "fossil: rejected "+text, f.Err)
}

// cut takes note of a connection to the HTTP door that was cut, or is none of a client.
func (r *running) cut(peer net.Addr, why door.Reason) {
	cause := fossil.CauseSlow
	if why == door.Broken {
		cause = fossil.CauseMalformed
	}
	r.failed(fossil.Failure{Door: fossil.DoorHTTP, Peer: peer.String(), Cause: cause, What: "a connection", Err: errors.New(string(why))})
}
