package inspect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Message is what a stream stores under one sequence number.
type Message struct {
	Sequence uint64
	Subject  string
	Time     time.Time
	Header   map[string][]string
	Data     []byte // the beginning of it, if Size is larger
	Size     int    // bytes
}

// MessagePage is a part of a stream, the newest message first.
type MessagePage struct {
	Store    Store
	Messages []Message
	Before   uint64 // asks for the page after this one; 0: this is the last
}

// Bounds of what one call reads and keeps.
const (
	maxPreview = 512     // bytes of a message in a page
	maxWhole   = 1 << 20 // bytes of a message that was asked for by itself
	maxPage    = 4 << 20 // bytes of a page as they come from the server
)

// Messages reads the newest messages of a stream, at most limit, with the first
// bytes of each. before, if it is not 0, leaves out that sequence and all after
// it. A page ends early at large messages, and when ctx does after something was
// read.
func (r *Reader) Messages(ctx context.Context, stream string, before uint64, limit int) (MessagePage, error) {
	s, err := r.stream(ctx, stream)
	if err != nil {
		return MessagePage{}, err
	}
	page := MessagePage{Store: storeOf(s.CachedInfo())}
	if page.Store.Messages == 0 {
		return page, nil
	}
	first, end := page.Store.First, page.Store.Last+1
	if before > 0 {
		end = min(before, end)
	}
	w := window{stream: s, limit: limit, room: maxPage}
	for width := uint64(limit); end > first && len(page.Messages) < limit && w.room > 0; {
		from := first
		if end-first > width {
			from = end - width
		}
		got, whole, err := w.read(ctx, from, end)
		switch {
		case err != nil && len(page.Messages) > 0:
			page.Before = end
			return page, nil //nolint:nilerr // the rest is the next page
		case err != nil:
			return page, fmt.Errorf("inspect: read stream %s: %w", stream, r.noAnswer(err))
		case !whole && width > uint64(limit):
			width = uint64(limit) // more than it seemed: such a window holds no more than limit
			continue
		case !whole && from < end-1:
			width = max(width/8, 1) // large messages
			continue
		}
		slices.Reverse(got)
		page.Messages = append(page.Messages, got...)
		end, width = from, min(width*8, 1<<60)
	}
	if len(page.Messages) > limit {
		page.Messages = page.Messages[:limit]
		end = page.Messages[limit-1].Sequence
	}
	if end > first {
		page.Before = end
	}
	return page, nil
}

// window reads runs of a stream's sequence numbers, many of which may be unused.
type window struct {
	stream jetstream.Stream
	limit  int
	room   int // bytes that may still be read
}

// read returns the messages from..end in their order; whole is false if there are
// more than fit.
func (w *window) read(ctx context.Context, from, end uint64) (list []Message, whole bool, err error) {
	room := w.room
	for seq := from; seq < end; {
		m, err := w.stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return nil, false, err
		}
		if m.Sequence >= end {
			break
		}
		if room -= len(m.Data); len(list) == w.limit || room <= 0 && end-from > 1 {
			return nil, false, nil
		}
		list = append(list, messageOf(m, maxPreview))
		seq = m.Sequence + 1
	}
	w.room = room
	return list, true, nil
}

func messageOf(m *jetstream.RawStreamMsg, keep int) Message {
	return Message{
		Sequence: m.Sequence, Subject: m.Subject, Time: m.Time, Header: m.Header,
		Data: slices.Clone(m.Data[:min(len(m.Data), keep)]), Size: len(m.Data),
	}
}

// ErrNoMessage says that a stream does not hold a message any more.
var ErrNoMessage = errors.New("inspect: no such message")

// Message reads one message of a stream, up to 1 MiB of it. One that is gone is
// ErrNoMessage.
func (r *Reader) Message(ctx context.Context, stream string, sequence uint64) (Message, error) {
	s, err := r.stream(ctx, stream)
	if err != nil {
		return Message{}, err
	}
	m, err := s.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return Message{}, ErrNoMessage
	}
	if err != nil {
		return Message{}, fmt.Errorf("inspect: read stream %s: %w", stream, r.noAnswer(err))
	}
	return messageOf(m, maxWhole), nil
}
