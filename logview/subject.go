package logview

import (
	"strconv"
	"time"

	"bones-tui/hub/hublog"
)

// subject is a row on trial.
type subject struct {
	class class
	kind  Kind
	text  []byte        // the whole row; lines end in \n but the last
	entry *hublog.Entry // the decoded row; nil makes the fields come from text
	at    time.Time     // the row's time; zero if it has none
	now   time.Time
	back  int // how many runs began after the row; negative if not known
}

// value returns the text of a stored field. Rows that are not entries have
// none, but a level.
func (s *subject) value(f field) ([]byte, bool) {
	if f.kind == kindLevel {
		return []byte(s.class.level().String()), s.kind == KindEntry || s.kind == KindRaw
	}
	if s.kind != KindEntry {
		return nil, false
	}
	switch f.name {
	case "ts":
		return s.at.UTC().AppendFormat(nil, time.RFC3339), true
	case "event":
		if word := s.class.event(); word != "" {
			return []byte(word), true
		}
	case "slot":
		agent, ok := s.stored("agent")
		slot := SlotOf(string(agent))
		return []byte(slot), ok && slot != ""
	}
	return s.stored(f.key)
}

// stored returns the value of a key on disk.
func (s *subject) stored(key string) ([]byte, bool) {
	if s.entry == nil && s.class&classOdd == 0 {
		if value, ok, sure := lookup(s.text, key); sure {
			return value, ok
		}
	}
	if s.entry == nil {
		entry, err := hublog.Decode(s.text)
		if err != nil {
			return nil, false
		}
		s.entry = &entry
	}
	text, ok := entryValue(s.entry, key)
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
