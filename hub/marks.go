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
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/natsd"
)

// marks are what a start must know about the JetStream store that the store cannot
// tell by itself. On disk: one JSON line, one line with its SHA-256 in hex.
type marks struct {
	// Streams is each stream when somebody last looked. JetStream drops messages that
	// it cannot read, and gives their numbers to new ones, without a word; this is how
	// a start finds out.
	Streams map[string]streamMark `json:"streams"`
	// Recovered is the task event up to which no record waits for its event's effect.
	Recovered uint64 `json:"recovered"`
}

// streamMark is how much a stream holds.
type streamMark struct {
	Last     uint64 `json:"last"` // sequence
	Messages uint64 `json:"messages"`
	Ages     bool   `json:"ages,omitempty"` // it drops messages by itself, in time
}

var errBadMarks = errors.New("checksum does not fit")

// maxMarks bounds what is read of the marks, in bytes: some ten thousand streams.
const maxMarks = 4 << 20

func readMarks(path string) (m marks, err error) {
	b, err := inside.ReadFile(filepath.Dir(path), path, maxMarks)
	if errors.Is(err, os.ErrNotExist) {
		return marks{}, nil
	}
	if err != nil {
		return marks{}, err
	}
	line, sum, _ := bytes.Cut(b, []byte{'\n'})
	if checksum(line) != string(bytes.TrimSpace(sum)) {
		return marks{}, errBadMarks
	}
	return m, json.Unmarshal(line, &m)
}

// text is what the file holds.
func (m marks) text() ([]byte, error) {
	line, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(line, "\n%s\n", checksum(line)), nil
}

func checksum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// currentStreams looks at the streams of our own server.
func currentStreams(s *natsd.Server) (map[string]streamMark, error) {
	all, err := s.Streams()
	now := map[string]streamMark{}
	for _, one := range all {
		now[one.Name] = streamMark{Last: one.Last, Messages: one.Messages, Ages: one.MaxAge > 0}
	}
	return now, err
}

// askStreams asks the JetStream of a hub that runs elsewhere. Odd says of the streams that
// are not set up as ours are in what.
func askStreams(ctx context.Context, js jetstream.JetStream) (now map[string]streamMark, odd map[string]string, err error) {
	now, odd = map[string]streamMark{}, map[string]string{}
	list := js.ListStreams(ctx)
	for info := range list.Info() {
		name := info.Config.Name
		now[name] = streamMark{Last: info.State.LastSeq, Messages: info.State.Msgs, Ages: info.Config.MaxAge > 0}
		if text := oddConfig(info.Config); text != "" {
			odd[name] = text
		}
	}
	return now, odd, list.Err()
}

// damaged lists the streams that lost something from m to now, in order of their
// names. As long as nothing is stored only age makes a stream smaller.
func (m marks) damaged(now map[string]streamMark) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(m.Streams)) {
		before, after := m.Streams[name], now[name]
		if after.Last < before.Last || after.Last == before.Last && !after.Ages && after.Messages < before.Messages {
			names = append(names, name)
		}
	}
	return names
}

// markKeeper writes the marks of a running store.
type markKeeper struct {
	nats *natsd.Server
	held *bonesdir.Held

	mu   sync.Mutex
	last marks
}

// record writes the marks if a stream has moved.
func (k *markKeeper) record() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, err := currentStreams(k.nats)
	if err != nil {
		return fmt.Errorf("read streams: %w", err)
	}
	if maps.Equal(k.last.Streams, now) {
		return nil
	}
	m := marks{Streams: now, Recovered: k.last.Recovered}
	text, err := m.text()
	if err != nil {
		return err
	}
	if err := k.held.WriteCoordMarks(text); err != nil {
		return fmt.Errorf("record sequences: %w", err)
	}
	k.last = m
	return nil
}

// marksEvery is how much history a crash may take from the marks.
const marksEvery = 10 * time.Second

// keepMarks records the marks now, every few seconds, and at the end.
func (r *running) keepMarks(context.Context) error {
	k := &markKeeper{nats: r.nats, held: r.held, last: marks{Recovered: r.marks.Recovered}}
	if err := k.record(); err != nil {
		return err
	}
	r.onRelease("marks", func(context.Context) error {
		if r.loss.Load() != nil {
			return nil // JetStream is off, and the marks of its last moment are of no use
		}
		if err := k.record(); !errors.Is(err, natsd.ErrNotRunning) {
			return err
		}
		return nil // the server has ended before us and cannot be asked
	})
	r.spawn("marks", r.whileHeld(func(ctx context.Context) error {
		tick := time.NewTicker(marksEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if err := k.record(); err != nil && ctx.Err() == nil {
					r.often("marks", "keep the marks of the store", err)
				}
			}
		}
	}))
	return nil
}
