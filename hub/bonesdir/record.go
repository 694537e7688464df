package bonesdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/bonesdir/inside"
)

// ErrBadRecord is returned when a record file is there and does not hold what
// it should: no number, too long, or no regular file.
var ErrBadRecord = errors.New("bonesdir: bad record")

// maxRecord bounds what is read of a record, in bytes. The longest honest one is
// a workspace name.
const maxRecord = 4096

// PIDRecord is the content of hub.pid.
type PIDRecord struct {
	PID     int
	Written time.Time // modification time of the file
}

// ReadPID reads hub.pid. Errors match fs.ErrNotExist if there is none, and
// ErrBadRecord if it holds no pid. The pid is a claim: only proc.StartedBefore
// tells whether that process can have been the writer.
func (d Dir) ReadPID() (PIDRecord, error) {
	text, info, err := readSmall(d.State, d.PIDFile())
	if err != nil {
		return PIDRecord{}, fmt.Errorf("bonesdir: read pid: %w", err)
	}
	pid, err := parsePID(text)
	if err != nil {
		return PIDRecord{}, fmt.Errorf("bonesdir: read %s: %w", d.PIDFile(), err)
	}
	return PIDRecord{PID: pid, Written: info.ModTime()}, nil
}

// WritePID records pid as the running hub, atomically.
func (d Dir) WritePID(pid int) error {
	return durable.WriteFile(d.PIDFile(), pidText(pid), publicMode)
}

// RemovePID removes hub.pid. It is no error if there is none.
func (d Dir) RemovePID() error { return remove(d.PIDFile()) }

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("bonesdir: remove record: %w", err)
	}
	return nil
}

func pidText(pid int) []byte { return append(strconv.AppendInt(nil, int64(pid), 10), '\n') }

func parsePID(text []byte) (int, error) {
	pid, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 32)
	if err != nil || pid <= 0 {
		return 0, fmt.Errorf("%w: no pid", ErrBadRecord)
	}
	return int(pid), nil
}

// FossilURL returns the recorded URL of the Fossil server, "" if there is none
// or it is not http on a loopback address with a port.
func (d Dir) FossilURL() string { return d.readURL(d.FossilURLFile(), "http") }

// NATSURL returns the recorded URL of the NATS server, "" if there is none or it
// is not nats on a loopback address with a port.
func (d Dir) NATSURL() string { return d.readURL(d.NATSURLFile(), "nats") }

func (d Dir) readURL(path, scheme string) string {
	text, _, err := readSmall(d.State, path)
	if err != nil {
		return ""
	}
	return Loopback(scheme, strings.TrimSpace(string(text)))
}

func urlText(scheme string, port int) []byte {
	return []byte(scheme + "://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) + "\n")
}

// Loopback returns raw as scheme://host:port if it is a URL of that scheme whose
// host is a loopback address in digits, with a port and nothing else; otherwise
// "". A name such as localhost is refused: what it resolves to is not ours to
// know, and a URL from a foreign checkout must never make us dial elsewhere.
func Loopback(scheme, raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != scheme || u.User != nil || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return ""
	}
	addr, err := netip.ParseAddrPort(u.Host)
	if err != nil || addr.Addr().Zone() != "" || !addr.Addr().IsLoopback() || addr.Port() == 0 {
		return ""
	}
	return scheme + "://" + addr.String()
}

// RecordedPort returns the port of a recorded URL, 0 if it has none.
func RecordedPort(rawURL string) int {
	port, err := strconv.ParseUint(rawURL[strings.LastIndexByte(rawURL, ':')+1:], 10, 16)
	if err != nil {
		return 0
	}
	return int(port)
}

// readSmall returns the content and the facts of a small regular file inside dir. It
// follows no symbolic link and never waits for a writer at a pipe. Errors
// match ErrBadRecord for anything that is not a small regular file of ours.
func readSmall(dir, path string) ([]byte, fs.FileInfo, error) {
	f, err := inside.Open(dir, path)
	if errors.Is(err, inside.ErrRefused) {
		return nil, nil, fmt.Errorf("%w: %w", ErrBadRecord, err)
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err != nil {
		return nil, nil, err
	}
	if len(text) > maxRecord {
		return nil, nil, fmt.Errorf("%w: %s is too long", ErrBadRecord, path)
	}
	return text, info, nil
}
