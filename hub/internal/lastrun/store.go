package lastrun

import (
	"fmt"

	"bones-tui/hub/internal/blocks"
	"bones-tui/hub/internal/incident"
	"bones-tui/hub/internal/plural"
)

// CutStream is a stream that has lost messages, of which text tells.
func CutStream(stream string, m Marks, was, is StreamMark, text string) incident.Found {
	return incident.Found{
		Kind: incident.Cut, Key: fmt.Sprintf("%s %d %d %s", stream, was.Last, was.Messages, m.Run),
		Text: fmt.Sprintf("%s: %d messages are lost", text, lostMessages(was, is)),
	}
}

func lostMessages(was, is StreamMark) uint64 {
	if is.Messages >= was.Messages {
		return was.Last - min(is.Last, was.Last)
	}
	return was.Messages - is.Messages
}

// DamagedBlock is a file of the store that JetStream cannot read to its end.
func DamagedBlock(d blocks.Damage) incident.Found {
	return incident.Found{
		Kind: incident.Damaged, Key: fmt.Sprintf("%s %d %d %s", d.Stream, d.Block, d.At, d.Mark),
		Text: fmt.Sprintf("store damaged: block %d of stream %s cannot be read from byte %d of %d on: JetStream cuts it there, with %s behind",
			d.Block, d.Stream, d.At, d.Size, plural.Of(int64(d.Behind), "message")),
	}
}

// Shrunk says how a stream has changed that has lost messages.
func Shrunk(stream string, was, is StreamMark) string {
	return fmt.Sprintf("stream %s ends at %d with %d messages, it had reached %d with %d", stream, is.Last, is.Messages, was.Last, was.Messages)
}
