// Package door decides who may connect to a service of the hub, how many at a time, and how
// long a connection may take to say what it wants.
package door

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync/atomic"

	"bones-tui/hub/proc"
)

// Door stands in front of one service. It lets in the hub's own user and root and, where the
// system does not tell whose a connection is, everyone on this machine. It is safe for concurrent use.
type Door struct {
	service string
	open    bool
	told    func(cause, text string)
	refused atomic.Uint64
}

// New returns the door of a service. open lets everyone in. told hears of each connection
// that is not let in: its cause is the same for all of one user.
func New(service string, open bool, told func(cause, text string)) *Door {
	return &Door{service: service, open: open, told: told}
}

// Admit decides about a TCP connection, given its ends as the service sees them. Nobody is
// admitted of whom it is not known who it is.
func (d *Door) Admit(local, remote net.Addr) bool {
	if d.open {
		return true
	}
	uid, known := proc.PeerUID(local, remote)
	if known && (uid == 0 || uid == os.Geteuid()) {
		return true
	}
	d.refused.Add(1)
	if known {
		d.tell(fmt.Sprintf("refused a connection of another user (uid %d)", uid))
	} else {
		d.tell("refused a connection of which the kernel does not tell whose it is; it may have gone already")
	}
	return false
}

// tell passes on a text that is the same for each connection with the same cause.
func (d *Door) tell(text string) {
	text = d.service + ": " + text
	d.told(text, text)
}

// Refused returns how many connections were not admitted.
func (d *Door) Refused() uint64 { return d.refused.Load() }

// PeersKnown reports whether the system tells whose a loopback connection is, by trying it
// on one to ourselves.
func PeersKnown(ctx context.Context) bool {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return false
	}
	defer func() { _ = l.Close() }()
	var d net.Dialer
	ours, err := d.DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return false
	}
	defer func() { _ = ours.Close() }()
	uid, known := proc.PeerUID(l.Addr(), ours.LocalAddr())
	return known && uid == os.Geteuid()
}
