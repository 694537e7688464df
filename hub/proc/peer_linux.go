package proc

import (
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// The kernel's struct inet_diag_req_v2 and struct inet_diag_msg, from
// linux/inet_diag.h.
const (
	diagRequestLen = 56
	diagReplyLen   = 72
	diagState      = 1
	diagID         = 4 // ports and addresses, big endian, in both structures from here on
	diagIDLen      = 36
	diagUID        = 64
	diagInode      = 68
	reqID          = 8
	reqCookie      = 48

	tcpEstablished = 1
)

// PeerUID returns the uid of the process at the remote end of a loopback TCP
// connection, given the connection's two addresses as its local end sees them.
// ok is false if the kernel does not know, and that must mean refusal: among
// others when the remote end has closed already, for then the kernel would
// report root.
func PeerUID(local, remote net.Addr) (uid int, ok bool) {
	l, r := addrPort(local), addrPort(remote)
	if !l.Addr().IsLoopback() || !r.Addr().IsLoopback() || l.Addr().Is4() != r.Addr().Is4() {
		return 0, false
	}
	want := diagSocket(r, l) // the remote end's own socket has the addresses swapped
	req := nl.NewNetlinkRequest(nl.SOCK_DIAG_BY_FAMILY, 0)
	req.AddData(want)
	replies, err := req.Execute(unix.NETLINK_INET_DIAG, nl.SOCK_DIAG_BY_FAMILY)
	if err != nil || len(replies) != 1 || len(replies[0]) < diagReplyLen {
		return 0, false
	}
	return want.owner(replies[0])
}

// addrPort returns a TCP address with a mapped IPv4 address as plain IPv4.
func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// diagRequest asks for exactly one socket. A listing would cost a walk through
// the kernel's whole table, and match by ports alone.
type diagRequest [diagRequestLen]byte

func diagSocket(src, dst netip.AddrPort) *diagRequest {
	r := &diagRequest{unix.AF_INET, unix.IPPROTO_TCP}
	if src.Addr().Is6() {
		r[0] = unix.AF_INET6
	}
	for i := range 4 {
		r[4+i] = 0xff // any state
	}
	binary.BigEndian.PutUint16(r[reqID:], src.Port())
	binary.BigEndian.PutUint16(r[reqID+2:], dst.Port())
	copy(r[reqID+4:], src.Addr().AsSlice())
	copy(r[reqID+20:], dst.Addr().AsSlice())
	for i := range 8 {
		r[reqCookie+i] = 0xff // no cookie
	}
	return r
}

// Len is the length of the request.
func (r *diagRequest) Len() int { return len(r) }

// Serialize returns the request as the kernel reads it.
func (r *diagRequest) Serialize() []byte { return r[:] }

// owner returns the uid in a reply, if that is about the socket asked for, and a
// process still holds it.
func (r *diagRequest) owner(reply []byte) (uid int, ok bool) {
	sameSocket := string(reply[diagID:diagID+diagIDLen]) == string(r[reqID:reqID+diagIDLen])
	held := binary.NativeEndian.Uint32(reply[diagInode:]) != 0
	if !sameSocket || !held || reply[diagState] != tcpEstablished {
		return 0, false
	}
	return int(binary.NativeEndian.Uint32(reply[diagUID:])), true
}
