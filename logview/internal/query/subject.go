package query

import (
	"strconv"
	"time"

	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

// Subject is a row that a filter is asked about.
type Subject struct {
	Class     row.Class
	Kind      row.Kind
	Text      []byte        // the whole row; lines end in \n but the last
	Entry     *hublog.Entry // the decoded row; nil makes the fields come from text
	Time      time.Time     // the row's time; zero if it has none
	Now       time.Time     // what ages in the filter are counted back from
	RunsSince int           // how many runs began after the row; negative if not known
}

// value returns the text of a stored field. Rows that are not entries have
// none, but a level.
func (s *Subject) value(f field) ([]byte, bool) {
	if f.kind == kindLevel {
		return []byte(s.Class.Level().String()), s.Kind == row.KindEntry || s.Kind == row.KindRaw
	}
	if s.Kind != row.KindEntry {
		return nil, false
	}
	switch f.name {
	case "ts":
		return s.Time.UTC().AppendFormat(nil, time.RFC3339), true
	case "event":
		if word := s.Class.Event(); word != "" {
			return []byte(word), true
		}
	case "slot":
		agent, ok := s.Stored("agent")
		slot := SlotOf(string(agent))
		return []byte(slot), ok && slot != ""
	}
	return s.Stored(f.key)
}

// Stored returns the value of a key on disk; it is not ok if the row has none.
func (s *Subject) Stored(key string) ([]byte, bool) {
	if s.Entry == nil && s.Class&row.Odd == 0 {
		if value, ok, sure := lookup(s.Text, key); sure {
			return value, ok
		}
	}
	if s.Entry == nil {
		entry, err := hublog.Decode(s.Text)
		if err != nil {
			return nil, false
		}
		s.Entry = &entry
	}
	text, ok := entryValue(s.Entry, key)
	return []byte(text), ok
}

// entryValue returns the value of a key as text; an empty one is absent, as it
// is on disk.
func entryValue(e *hublog.Entry, key string) (string, bool) {
	text := ""
	switch key {
	case "event":
		text = e.Event
	case "rpc":
		text = e.RPC
	case "agent":
		text = e.Agent
	case "task":
		text = e.Task
	case "session":
		text = e.Session
	case "hook":
		text = e.Hook
	case "matcher":
		text = e.Matcher
	case "err":
		text = e.Err
	case "msg":
		text = e.Msg
	case "took_ms":
		return strconv.FormatInt(e.TookMs, 10), e.TookMs != 0
	case "result_count":
		return strconv.Itoa(e.ResultCount), e.ResultCount != 0
	}
	return text, text != ""
}
