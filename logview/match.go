package logview

import (
	"bytes"
	"slices"
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

func (n allOf) match(s *subject) bool {
	for _, term := range n {
		if !term.match(s) {
			return false
		}
	}
	return true
}

func (n anyOf) match(s *subject) bool {
	return slices.ContainsFunc(n, func(q node) bool { return q.match(s) })
}

func (n noneOf) match(s *subject) bool { return !n.node.match(s) }

func (n textTerm) match(s *subject) bool { return n.find.in(s.text) }

func (n regexTerm) match(s *subject) bool {
	for line := range bytes.SplitSeq(s.text, []byte{'\n'}) {
		if n.pattern.match(line) {
			return true
		}
		if s.class.isEntry() && bytes.IndexByte(line, '\\') >= 0 && n.pattern.match(unescape(line)) {
			return true
		}
	}
	return false
}

func (n listTerm) match(s *subject) bool {
	value, ok := s.value(n.field)
	if !ok {
		value = nil
	}
	return slices.ContainsFunc(n.values, func(g glob) bool {
		return (ok || len(g.parts) == 1 && g.parts[0] == "") && g.match(value)
	})
}

func (n levelTerm) match(s *subject) bool { return n.set[s.class.level()] }

func (n orderTerm) match(s *subject) bool {
	switch n.field.kind {
	case kindText:
		value, ok := s.value(n.field)
		return (ok && n.exact.match(value)) == (n.op == "=")
	case kindTime:
		if s.at.IsZero() {
			return n.op == "!="
		}
		return compare(n.op, s.at.Compare(n.when.at(s.now)))
	default:
		value, ok := s.value(n.field)
		num, err := strconv.ParseInt(string(value), 10, 64)
		if !ok || err != nil {
			return n.op == "!="
		}
		switch {
		case num < n.num:
			return compare(n.op, -1)
		case num > n.num:
			return compare(n.op, 1)
		}
		return compare(n.op, 0)
	}
}

func compare(op string, order int) bool {
	switch op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	default:
		return order <= 0
	}
}

func (n regexField) match(s *subject) bool {
	value, ok := s.value(n.field)
	return ok && n.pattern.match(value)
}

// match keeps rows without a time: what cannot be placed is not hidden.
func (n boundTerm) match(s *subject) bool {
	if s.at.IsZero() {
		return true
	}
	at := n.when.at(s.now)
	if n.until {
		return !s.at.After(at)
	}
	return !s.at.Before(at)
}

func (n runTerm) match(s *subject) bool { return s.back < 0 || s.back == n.back }

func (n kindTerm) match(s *subject) bool { return slices.Contains(n.kinds, s.kind) }

func (n hasTerm) match(s *subject) bool {
	return slices.ContainsFunc(n.fields, func(f field) bool {
		_, ok := s.value(f)
		return ok
	})
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
