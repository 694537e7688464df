package slots

import (
	"time"
)

// update is news of one bucket: its whole content (listed), or some records in their
// order, or why it cannot be followed.
type update struct {
	bucket  string
	listed  bool
	part    bool // the list, which ends at its bounds: more follows, record by record
	records []record
	err     error
}

// record is one key of a bucket: its newest revision, or the mark of its deletion.
type record struct {
	key     string
	value   []byte
	rev     uint64
	written time.Time // by the server's clock
	deleted bool
	err     error // why the value is not here although there is one
}
