package hublog

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Level is a severity. Higher is worse.
type Level uint8

// The four severities. The set is closed.
const (
	LevelDebug Level = iota
	LevelInfo
	LevelWarn
	LevelError
)

// ErrLevel is matched by the error of ParseLevel.
var ErrLevel = errors.New("hublog: unknown level")

// String returns the word on the wire: DEBUG, INFO, WARN or ERROR. A value
// outside the set reads ERROR, so that it is never filtered away.
func (l Level) String() string {
	switch l {
	case LevelDebug:
		return "DEBUG"
	case LevelInfo:
		return "INFO"
	case LevelWarn:
		return "WARN"
	default:
		return "ERROR"
	}
}

// ParseLevel returns the level named by one of the four words or by "warning", in any case.
func ParseLevel(s string) (Level, error) {
	for l := LevelDebug; l <= LevelError; l++ {
		if strings.EqualFold(s, l.String()) {
			return l, nil
		}
	}
	if strings.EqualFold(s, "WARNING") {
		return LevelWarn, nil
	}
	return 0, fmt.Errorf("%w: %q", ErrLevel, s)
}

// MarshalJSON returns the quoted word.
func (l Level) MarshalJSON() ([]byte, error) { return []byte(`"` + l.String() + `"`), nil }

// UnmarshalJSON accepts the four words and WARNING, in any case. The error
// matches ErrLevel.
func (l *Level) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("%w: %s", ErrLevel, data)
	}
	level, err := ParseLevel(s)
	if err != nil {
		return err
	}
	*l = level
	return nil
}
