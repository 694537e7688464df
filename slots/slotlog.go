package slots

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"bones-tui/hub/bonesdir/inside"
)

// LogClose is the event of the line that ends a slot's log, LogCommit that of one that tells of
// a check-in.
const (
	LogClose  = "close"
	LogCommit = "commit"
)

// LogLine is what one line of a slot's log, swarm/<slot>/log, says: NDJSON, one
// flat object each, written by the slot's own commands.
type LogLine struct {
	At      time.Time // UTC
	Event   string    // join, commit, commit_error, close, renew, dispatched, error
	TaskID  string
	CheckIn string // of a commit: its hash
	Result  string // of a close: success, fail, fork
	Err     string // why, if the line tells of a failure
}

// ErrNoLogLine is returned when a log holds no line that can be read.
var ErrNoLogLine = errors.New("slots: no log line")

// The tail of a log is read in windows of growing size until one holds a whole line.
const (
	firstWindow = 4 << 10
	lastWindow  = 1 << 20
)

// DecodeLogLine reads one line. It returns ErrNoLogLine, wrapped, unless the line is
// a JSON object with an event and a time.
func DecodeLogLine(line []byte) (LogLine, error) {
	var raw struct {
		At      time.Time `json:"ts"`
		Event   string    `json:"event"`
		TaskID  string    `json:"task_id"`
		SHA     string    `json:"sha"`
		Result  string    `json:"result"`
		Reason  string    `json:"reason"`
		Err     string    `json:"err"`
		Summary string    `json:"summary"`
	}
	if err := decode("log line", line, &raw); err != nil {
		return LogLine{}, fmt.Errorf("%w: %w", ErrNoLogLine, err)
	}
	if raw.Event == "" || raw.At.IsZero() {
		return LogLine{}, fmt.Errorf("%w: no event or no time", ErrNoLogLine)
	}
	l := LogLine{At: raw.At.UTC(), Event: raw.Event, TaskID: raw.TaskID, CheckIn: raw.SHA, Result: raw.Result}
	if l.Err = cmp.Or(raw.Reason, raw.Err); raw.Result == "fail" {
		l.Err = cmp.Or(l.Err, raw.Summary, raw.Result)
	}
	clipAll(&l.Event, &l.TaskID, &l.CheckIn, &l.Result)
	l.Err = clip(l.Err, maxText)
	return l, nil
}

// lastLogLine returns the newest readable line of the log at path, passing over torn
// and foreign ones within its last MiB. Errors match ErrNoLogLine if there is none.
func lastLogLine(path string) (LogLine, error) {
	f, err := inside.Open(filepath.Dir(path), path)
	if err != nil {
		return LogLine{}, fmt.Errorf("slots: read slot log: %w", err)
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	info, err := f.Stat()
	if err != nil {
		return LogLine{}, fmt.Errorf("slots: read slot log: %w", err)
	}
	for window := int64(firstWindow); ; window = min(window*16, lastWindow) {
		tail := make([]byte, min(window, info.Size()))
		n, err := f.ReadAt(tail, info.Size()-int64(len(tail)))
		if err != nil && !errors.Is(err, io.EOF) {
			return LogLine{}, fmt.Errorf("slots: read slot log: %w", err)
		}
		whole := int64(len(tail)) == info.Size()
		line, err := lastLine(tail[:n], whole)
		if err == nil || whole || window == lastWindow {
			return line, err
		}
	}
}

// lastLine returns the newest readable line of tail, whose first line is a part
// unless tail is the whole file.
func lastLine(tail []byte, whole bool) (LogLine, error) {
	for len(tail) > 0 {
		start := bytes.LastIndexByte(tail, '\n') + 1
		if start > 0 || whole {
			if line, err := DecodeLogLine(tail[start:]); err == nil {
				return line, nil
			}
		}
		tail = tail[:max(start-1, 0)]
	}
	return LogLine{}, ErrNoLogLine
}

// readHead returns at most limit bytes from the start of the file at path.
func readHead(path string, limit int64) ([]byte, error) {
	f, err := inside.Open(filepath.Dir(path), path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	return io.ReadAll(io.LimitReader(f, limit))
}
