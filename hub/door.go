package hub

import (
	"context"
	"net"
	"os"
	"runtime"

	"bones-tui/hub/proc"
)

// chooseDoor decides who may connect to both services: where the system can tell
// whose a loopback connection is, only the hub's own user and root; elsewhere
// everyone on this machine.
func (r *running) chooseDoor(ctx context.Context) {
	r.admit = sameUser
	if peersKnown(ctx) {
		return
	}
	r.admit = func(net.Addr, net.Addr) bool { return true }
	if runtime.GOOS == "linux" {
		r.log.Lifecycle(LevelWarn, "hub: the kernel does not tell whose a connection is; every user of this machine is admitted")
	}
}

// sameUser admits the hub's own user and root, and nobody whom it does not know.
func sameUser(local, remote net.Addr) bool {
	uid, ok := proc.PeerUID(local, remote)
	return ok && (uid == 0 || uid == os.Geteuid())
}

// peersKnown tries it on a connection to ourselves.
func peersKnown(ctx context.Context) bool {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
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
	return sameUser(l.Addr(), ours.LocalAddr())
}

// admitting is a listener that turns away those it shall not admit.
type admitting struct {
	net.Listener
	admit func(local, remote net.Addr) bool
}

// Accept returns the next connection of an admitted user.
func (a admitting) Accept() (net.Conn, error) {
	for {
		c, err := a.Listener.Accept()
		if err != nil || a.admit(c.LocalAddr(), c.RemoteAddr()) {
			return c, err
		}
		_ = c.Close()
	}
}
