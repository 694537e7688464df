//go:build unix

package reference

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"bones-tui/hub/bonesdir"
)

// ports are where a hub listens on 127.0.0.1.
type ports struct{ repo, coord int }

// resolvePorts settles both ports and writes them down, before anybody has tried
// whether they are free.
func resolvePorts(d bonesdir.Dir, wanted ports) (p ports, err error) {
	if p.repo, err = resolvePort(wanted.repo, d.FossilURLFile()); err != nil {
		return p, err
	}
	if p.coord, err = resolvePort(wanted.coord, d.NATSURLFile()); err != nil {
		return p, err
	}
	return p, p.record(d)
}

// resolvePort takes the wanted port, else the recorded one, else a free one.
func resolvePort(wanted int, file string) (int, error) {
	if wanted != 0 {
		return wanted, nil
	}
	text, err := os.ReadFile(file)
	if url := strings.TrimSpace(string(text)); err == nil {
		if port, err := strconv.ParseUint(url[strings.LastIndexByte(url, ':')+1:], 10, 16); err == nil && port > 0 {
			return int(port), nil
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("reference: find port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (p ports) record(d bonesdir.Dir) error {
	return errors.Join(
		os.WriteFile(d.FossilURLFile(), []byte(p.fossilURL()+"\n"), 0o644),
		os.WriteFile(d.NATSURLFile(), []byte(p.natsURL()+"\n"), 0o644))
}

func (p ports) fossilURL() string { return fmt.Sprint("http://127.0.0.1:", p.repo) }

func (p ports) natsURL() string { return fmt.Sprint("nats://127.0.0.1:", p.coord) }
