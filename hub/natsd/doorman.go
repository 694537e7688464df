package natsd

import (
	"net"
	"sync/atomic"

	"github.com/nats-io/nats-server/v2/server"
)

// doorman asks Admit about each client that comes over TCP.
type doorman struct {
	admit   func(local, remote net.Addr) bool
	refused *atomic.Uint64
	server  *server.Server
}

// Check is called by the server for each client that connects.
func (d *doorman) Check(c server.ClientAuthentication) bool {
	remote, ok := c.RemoteAddress().(*net.TCPAddr)
	if !ok { // a pipe: it is in our own process
		return true
	}
	if d.admit(d.server.Addr(), remote) {
		return true
	}
	d.refused.Add(1)
	return false
}
