package inspect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Entry is one revision of a key of a bucket.
type Entry struct {
	Key      string
	Revision uint64
	Time     time.Time
	Deleted  string // "deleted", "purged" or "expired"; "" if there is a value
	Value    []byte // the beginning of it, if Size is larger
	Size     int    // bytes
}

// EntryPage is a part of a bucket: the newest revision of keys, those that changed
// last first.
type EntryPage struct {
	Store   Store
	Entries []Entry
	Before  uint64 // asks for the page after this one; 0: this is the last
}

// Entries reads the keys of a bucket that changed last, at most limit, with the
// first bytes of each value. before is as for Messages; a later page may name keys
// of an earlier one again, with older revisions.
func (r *Reader) Entries(ctx context.Context, bucket string, before uint64, limit int) (EntryPage, error) {
	messages, err := r.Messages(ctx, bucketPrefix+bucket, before, limit)
	page := EntryPage{Store: messages.Store, Before: messages.Before}
	seen := map[string]bool{}
	for _, m := range messages.Messages {
		e := entryOf(bucket, m)
		if !seen[e.Key] {
			seen[e.Key] = true
			page.Entries = append(page.Entries, e)
		}
	}
	return page, err
}

// maxRevisions bounds the revisions of one key; a server keeps at most 64.
const maxRevisions = 64

// ErrNoKey says that a bucket holds no revision of a key any more.
var ErrNoKey = errors.New("inspect: no such key")

// Revisions reads what a bucket keeps of a key, the newest revision first: up to
// 1 MiB of its value, and the first bytes of the older ones. Nothing is ErrNoKey.
func (r *Reader) Revisions(ctx context.Context, bucket, key string) ([]Entry, error) {
	s, err := r.stream(ctx, bucketPrefix+bucket)
	if err != nil {
		return nil, err
	}
	subject := keySubject(bucket) + key
	newest, err := s.GetLastMsgForSubject(ctx, subject)
	var older []Entry
	for seq := s.CachedInfo().State.FirstSeq; err == nil && len(older) < maxRevisions; {
		var m *jetstream.RawStreamMsg
		m, err = s.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(subject))
		if err != nil || m.Sequence >= newest.Sequence {
			break
		}
		older = append(older, entryOf(bucket, messageOf(m, maxPreview)))
		seq = m.Sequence + 1
	}
	switch {
	case newest == nil && errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, ErrNoKey
	case err != nil && !errors.Is(err, jetstream.ErrMsgNotFound):
		return nil, fmt.Errorf("inspect: read key %s of %s: %w", key, bucket, r.noAnswer(err))
	}
	slices.Reverse(older)
	return append([]Entry{entryOf(bucket, messageOf(newest, maxWhole))}, older...), nil
}

func keySubject(bucket string) string { return "$KV." + bucket + "." }

// entryOf reads a message of a bucket's stream.
// Source: NATS architecture decisions 8 (operations) and 43, 48 (markers of expired keys).
func entryOf(bucket string, m Message) Entry {
	e := Entry{
		Key: strings.TrimPrefix(m.Subject, keySubject(bucket)), Revision: m.Sequence, Time: m.Time,
		Value: m.Data, Size: m.Size,
	}
	switch header(m, "KV-Operation") {
	case "DEL":
		e.Deleted = "deleted"
	case "PURGE":
		e.Deleted = "purged"
	}
	switch header(m, "Nats-Marker-Reason") {
	case "":
	case "MaxAge":
		e.Deleted = "expired"
	case "Purge":
		e.Deleted = "purged"
	default:
		e.Deleted = "deleted"
	}
	return e
}

func header(m Message, name string) string {
	if v := m.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}
