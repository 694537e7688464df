package lastrun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/bonesdir/durable"
	"bones-tui/hub/bonesdir/inside"
	"bones-tui/hub/internal/blocks"
	"bones-tui/hub/natsd"
)

// Marks are what a start must know about the last run that neither the JetStream store nor
// the repository can tell by itself. On disk: a sealed line of JSON.
type Marks struct {
	// Streams is each stream when somebody last looked. JetStream drops messages that
	// it cannot read, and gives their numbers to new ones, without a word; this is how
	// a start finds out.
	Streams map[string]StreamMark `json:"streams"`
	// Recovered is the task event up to which no record waits for its event's effect.
	Recovered uint64 `json:"recovered"`

	// Run is the hub that wrote them. What is found by their help is of that run: the same
	// thing that happens to another run is another one.
	Run string `json:"run,omitempty"`
	// Blocks is how the files of the streams were when somebody last looked.
	Blocks blocks.Stamps `json:"blocks,omitempty"`
	// Closed says that nothing was written to the store after that.
	Closed bool `json:"closed,omitempty"`
	// Repository is nil in the marks of an earlier release.
	Repository *RepositoryMark `json:"repository,omitempty"`
}

// StreamMark is how much a stream holds.
type StreamMark struct {
	Last     uint64 `json:"last"` // sequence
	Messages uint64 `json:"messages"`
	Ages     bool   `json:"ages,omitempty"` // it drops messages by itself, in time
}

// maxMarks bounds what is read of the marks, in bytes: some ten thousand streams.
const maxMarks = 4 << 20

// Read returns the marks of a file; none if it is not there.
func Read(path string) (m Marks, err error) {
	b, err := inside.ReadFile(filepath.Dir(path), path, maxMarks)
	if errors.Is(err, os.ErrNotExist) {
		return Marks{}, nil
	}
	if err != nil {
		return Marks{}, err
	}
	line, err := durable.Unseal(b)
	if err != nil {
		return Marks{}, err
	}
	return m, json.Unmarshal(line, &m)
}

// Last reads the marks for a start. Another program may have had its own server on the
// store since, and removed messages: that one is not ours to know.
func Last(d bonesdir.Dir) (Marks, error) {
	m, err := Read(d.CoordMarks())
	if m.Closed {
		info, err := inside.Stat(d.State, d.CoordMarks(), inside.File)
		m.Closed = err == nil && !blocks.Served(d.State, StreamsDir(d), info.ModTime())
	}
	return m, err
}

// Write makes them those that the next start finds.
func (m Marks) Write(held *bonesdir.Held) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := held.WriteCoordMarks(durable.Seal(line)); err != nil {
		return fmt.Errorf("record marks: %w", err)
	}
	return nil
}

// Streams looks at the streams of our own server.
func Streams(s *natsd.Server) (map[string]StreamMark, error) {
	all, err := s.Streams()
	now := map[string]StreamMark{}
	for _, one := range all {
		if one.Memory { // it ends with the server
			continue
		}
		now[one.Name] = StreamMark{Last: one.Last, Messages: one.Messages, Ages: one.MaxAge > 0}
	}
	return now, err
}

// AskStreams asks the JetStream of a hub that runs elsewhere. Odd says of the streams that
// are not set up as ours are in what.
func AskStreams(ctx context.Context, js jetstream.JetStream) (now map[string]StreamMark, odd map[string]string, err error) {
	now, odd = map[string]StreamMark{}, map[string]string{}
	list := js.ListStreams(ctx)
	for info := range list.Info() {
		name := info.Config.Name
		if info.Config.Storage != jetstream.MemoryStorage {
			now[name] = StreamMark{Last: info.State.LastSeq, Messages: info.State.Msgs, Ages: info.Config.MaxAge > 0}
		}
		if text := OddConfig(info.Config); text != "" {
			odd[name] = text
		}
	}
	return now, odd, list.Err()
}

// Damaged lists the streams that lost something from m to now, in order of their
// names. A stream gets smaller by age and by what clients remove; only as long as nobody
// could write to it a smaller one has lost something.
func (m Marks) Damaged(now map[string]StreamMark) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(m.Streams)) {
		before, after := m.Streams[name], now[name]
		smaller := m.Closed && after.Last == before.Last && !after.Ages && after.Messages < before.Messages
		if after.Last < before.Last || smaller {
			names = append(names, name)
		}
	}
	return names
}

// StreamsDir is where the streams of the one account are.
func StreamsDir(d bonesdir.Dir) string { return filepath.Join(d.Coord(), streamsBelow) }

// streamsBelow is where JetStream keeps the streams of the one account, below coord.
var streamsBelow = filepath.Join("jetstream", "$G", "streams")
