package inspect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StoreKind is what a stream serves as.
type StoreKind uint8

// The kinds.
const (
	StreamStore StoreKind = iota
	BucketStore           // a key-value bucket
	ObjectStore           // a bucket of objects
)

// String returns the kind's word.
func (k StoreKind) String() string {
	return [...]string{"stream", "bucket", "objects"}[k%3]
}

// Store is a JetStream stream, which may be a bucket.
type Store struct {
	Stream          string // its name on the server
	Name            string // without the prefix that makes it a bucket
	Kind            StoreKind
	Subjects        []string
	Messages, Bytes uint64
	First, Last     uint64 // sequences
	FirstAt, LastAt time.Time
	Keys            uint64 // subjects that have messages; of a bucket its keys, deleted ones too
	Consumers       int
	MaxAge          time.Duration // 0: kept for ever
	History         int64         // messages kept for a subject; 0 or less: all
	Created         time.Time
}

// maxStores bounds a list of streams.
const maxStores = 1000

// Stores lists the streams, buckets first, by name; more says that there are
// others beyond the 1,000 listed.
func (r *Reader) Stores(ctx context.Context) (list []Store, more bool, err error) {
	js, err := r.jetStream()
	if err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends a list that is left early
	all := js.ListStreams(ctx)
	for info := range all.Info() {
		if more = len(list) == maxStores; more {
			break
		}
		list = append(list, storeOf(info))
	}
	if err := all.Err(); err != nil && !more {
		return nil, false, fmt.Errorf("inspect: list streams: %w", r.noAnswer(err))
	}
	slices.SortFunc(list, func(a, b Store) int {
		return cmp.Or(cmp.Compare(kindOrder[a.Kind], kindOrder[b.Kind]), cmp.Compare(a.Name, b.Name))
	})
	return list, more, nil
}

// kindOrder is the order of the list.
var kindOrder = [...]int{StreamStore: 1, BucketStore: 0, ObjectStore: 2}

// Store describes one stream, by its name on the server.
func (r *Reader) Store(ctx context.Context, stream string) (Store, error) {
	s, err := r.stream(ctx, stream)
	if err != nil {
		return Store{}, err
	}
	return storeOf(s.CachedInfo()), nil
}

// Names of streams that are buckets.
// Source: NATS architecture decisions 8 (key-value) and 20 (object store).
const (
	bucketPrefix = "KV_"
	objectPrefix = "OBJ_"
)

func storeOf(info *jetstream.StreamInfo) Store {
	c, st := &info.Config, &info.State
	s := Store{
		Stream: c.Name, Name: c.Name, Subjects: c.Subjects, Messages: st.Msgs, Bytes: st.Bytes, First: st.FirstSeq, Last: st.LastSeq,
		FirstAt: st.FirstTime, LastAt: st.LastTime, Keys: st.NumSubjects, Consumers: st.Consumers,
		MaxAge: c.MaxAge, History: c.MaxMsgsPerSubject, Created: info.Created,
	}
	if name, ok := strings.CutPrefix(c.Name, bucketPrefix); ok {
		s.Name, s.Kind = name, BucketStore
	} else if name, ok := strings.CutPrefix(c.Name, objectPrefix); ok {
		s.Name, s.Kind = name, ObjectStore
	}
	if s.Messages == 0 {
		s.FirstAt, s.LastAt = time.Time{}, time.Time{}
	}
	return s
}
