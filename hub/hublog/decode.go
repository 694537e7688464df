package hublog

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrNotEntry is matched by the error of Decode.
var ErrNotEntry = errors.New("hublog: not a log entry")

// Decode returns the entry in one line, with or without its newline. The error
// matches ErrNotEntry unless the line is a JSON object with a time, a level and
// an event that can be read. Keys it does not know are skipped, and so is an
// optional field of the wrong type: a reader shows what it can.
func Decode(line []byte) (Entry, error) { return DecodeString(string(line)) }

// DecodeString is Decode without a copy: the entry's strings share the line's
// memory where they can, and an ordinary line costs no allocation.
func DecodeString(line string) (Entry, error) {
	if e, ok := decodePlain(line); ok {
		return e, nil
	}
	e := Entry{Level: noLevel}
	err := json.Unmarshal([]byte(line), &e)
	if wrongType := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrongType) {
		err = nil
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrNotEntry, err)
	}
	if !e.complete() {
		return Entry{}, fmt.Errorf("%w: no time, level or event", ErrNotEntry)
	}
	return e, nil
}

// noLevel marks an entry whose level has not been seen.
const noLevel Level = 0xff

func (e Entry) complete() bool { return !e.Ts.IsZero() && e.Level != noLevel && e.Event != "" }
