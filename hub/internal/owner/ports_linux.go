package owner

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"bones-tui/hub/bonesdir"
)

// address is where a recorded URL says that a server listens.
type address = netip.AddrPort

// recordAddresses takes those of the recorded URLs that are there and are loopback.
func (w *watch) recordAddresses(d bonesdir.Dir) {
	for _, url := range []string{d.FossilURL(), d.NATSURL()} {
		_, host, _ := strings.Cut(url, "://")
		if a, err := netip.ParseAddrPort(host); err == nil {
			w.addresses = append(w.addresses, a)
			if url == d.NATSURL() {
				w.nats = a
			}
		}
	}
}

// listening returns how many of the recorded addresses lead to a listening socket among
// those given, of user uid, in the network namespace of e, and whether that of NATS does.
func (w *watch) listening(e entry, uid int, sockets map[uint64]bool) (count int, nats bool) {
	open := append([]address(nil), w.addresses...)
	for _, table := range []string{"net/tcp", "net/tcp6"} {
		if len(open) == 0 {
			break
		}
		f, err := e.open(table)
		if err != nil {
			continue
		}
		open = leftOpen(f, open, func(l listener) bool {
			mine := sockets[l.inode] && l.uid == uid
			if mine {
				count++
			}
			return mine
		})
		_ = f.Close()
	}
	return count, w.nats.IsValid() && !slices.Contains(open, w.nats)
}

// tableLine is the length of a line of the kernel's tables of TCP sockets over IPv4, and
// less than one of those over IPv6.
const tableLine = 150

// leftOpen reads a table up to the end of its listening sockets, which come first, and
// returns those addresses for which none was taken. It reads by the line, and no further
// than needed: to fill a larger buffer the kernel walks its whole table of connections.
func leftOpen(table io.Reader, open []address, take func(listener) bool) []address {
	var buf [4096]byte
	var rest []byte
	for first := true; len(open) > 0; {
		n, err := table.Read(buf[:tableLine])
		rest = append(rest, buf[:n]...)
		for {
			line, tail, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			rest = tail
			l, ok := parseListener(string(line))
			if !ok && !first {
				return open
			}
			first = false
			open = without(open, l, ok, take)
		}
		if err != nil || n == 0 {
			break
		}
	}
	return open
}

func without(open []address, l listener, ok bool, take func(listener) bool) []address {
	if !ok {
		return open
	}
	for i, a := range open {
		if l.serves(a) && take(l) {
			return append(open[:i:i], open[i+1:]...)
		}
	}
	return open
}

// listener is a listening socket.
type listener struct {
	at    address
	uid   int
	inode uint64
}

// serves reports whether connections to a reach the socket.
func (l listener) serves(a address) bool {
	return l.at.Port() == a.Port() && (l.at.Addr().Unmap() == a.Addr().Unmap() || l.at.Addr().IsUnspecified() && (l.at.Addr().Is6() || a.Addr().Unmap().Is4()))
}

// The fields of a line of the tables, and the state of a listening socket.
const (
	fieldLocal, fieldState, fieldUID, fieldInode, fieldsNeeded = 1, 3, 7, 9, 10
	stateListen                                                = "0A"
)

// parseListener reads a line; ok is false for any socket that does not listen.
func parseListener(line string) (l listener, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < fieldsNeeded || fields[fieldState] != stateListen {
		return l, false
	}
	host, port, _ := strings.Cut(fields[fieldLocal], ":")
	raw, err := hex.DecodeString(host)
	if err != nil {
		return l, false
	}
	for i := 0; i+4 <= len(raw); i += 4 { // each word is in the machine's byte order
		binary.BigEndian.PutUint32(raw[i:], binary.NativeEndian.Uint32(raw[i:]))
	}
	ip, ipOK := netip.AddrFromSlice(raw)
	p, err := strconv.ParseUint(port, 16, 16)
	if err != nil || !ipOK {
		return l, false
	}
	inode, err := strconv.ParseUint(fields[fieldInode], 10, 64)
	if err != nil {
		return l, false
	}
	return listener{at: netip.AddrPortFrom(ip, uint16(p)), uid: number(fields[fieldUID]), inode: inode}, true
}
