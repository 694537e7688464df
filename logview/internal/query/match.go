package query

import (
	"bytes"
	"slices"
	"strconv"
)

func (n allOf) match(s *Subject) bool {
	for _, term := range n {
		if !term.match(s) {
			return false
		}
	}
	return true
}

func (n anyOf) match(s *Subject) bool {
	return slices.ContainsFunc(n, func(q node) bool { return q.match(s) })
}

func (n noneOf) match(s *Subject) bool { return !n.node.match(s) }

func (n textTerm) match(s *Subject) bool { return n.find.In(s.Text) }

func (n regexTerm) match(s *Subject) bool {
	for line := range bytes.SplitSeq(s.Text, []byte{'\n'}) {
		if n.pattern.match(line) {
			return true
		}
		if s.Class.IsEntry() && bytes.IndexByte(line, '\\') >= 0 && n.pattern.match(unescape(line)) {
			return true
		}
	}
	return false
}

func (n listTerm) match(s *Subject) bool {
	value, ok := s.value(n.field)
	if !ok {
		value = nil
	}
	return slices.ContainsFunc(n.values, func(g glob) bool {
		return (ok || len(g.parts) == 1 && g.parts[0] == "") && g.match(value)
	})
}

func (n levelTerm) match(s *Subject) bool { return n.set[s.Class.Level()] }

func (n orderTerm) match(s *Subject) bool {
	switch n.field.kind {
	case kindText:
		value, ok := s.value(n.field)
		return (ok && n.exact.match(value)) == (n.op == "=")
	case kindTime:
		if s.Time.IsZero() {
			return n.op == "!="
		}
		return compare(n.op, s.Time.Compare(n.when.at(s.Now)))
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

func (n regexField) match(s *Subject) bool {
	value, ok := s.value(n.field)
	return ok && n.pattern.match(value)
}

// match keeps rows without a time: what cannot be placed is not hidden.
func (n boundTerm) match(s *Subject) bool {
	if s.Time.IsZero() {
		return true
	}
	at := n.when.at(s.Now)
	if n.until {
		return !s.Time.After(at)
	}
	return !s.Time.Before(at)
}

func (n runTerm) match(s *Subject) bool { return s.RunsSince < 0 || s.RunsSince == n.back }

func (n kindTerm) match(s *Subject) bool { return slices.Contains(n.kinds, s.Kind) }

func (n hasTerm) match(s *Subject) bool {
	return slices.ContainsFunc(n.fields, func(f field) bool {
		_, ok := s.value(f)
		return ok
	})
}
