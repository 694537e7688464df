package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir/durable"
)

// marks are the last sequence of each stream when somebody last looked. JetStream
// gives the numbers of lost messages to new ones without a word; the marks are how
// a start finds out. On disk: one JSON line, one line with its SHA-256 in hex.
type marks map[string]uint64

var errBadMarks = errors.New("checksum does not fit")

func readMarks(path string) (marks, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line, sum, _ := bytes.Cut(b, []byte{'\n'})
	if checksum(line) != string(bytes.TrimSpace(sum)) {
		return nil, errBadMarks
	}
	var m marks
	return m, json.Unmarshal(line, &m)
}

func (m marks) write(path string) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return durable.WriteFile(path, fmt.Appendf(line, "\n%s\n", checksum(line)), 0o600)
}

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// currentMarks asks JetStream.
func currentMarks(ctx context.Context, js jetstream.JetStream) (marks, error) {
	m := marks{}
	list := js.ListStreams(ctx)
	for info := range list.Info() {
		m[info.Config.Name] = info.State.LastSeq
	}
	return m, list.Err()
}

// behind lists the streams whose last sequence went backwards from m to now, in
// order of their names.
func (m marks) behind(now marks) (lost []string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if now[name] < m[name] {
			lost = append(lost, name)
		}
	}
	return lost
}
