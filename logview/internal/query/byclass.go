package query

import (
	"bones-tui/hub/hublog"
	"bones-tui/logview/internal/row"
)

func (n allOf) byClass(c row.Class) Answer {
	result := Yes
	for _, term := range n {
		switch term.byClass(c) {
		case No:
			return No
		case Maybe:
			result = Maybe
		case Yes:
		}
	}
	return result
}

func (n anyOf) byClass(c row.Class) Answer {
	result := No
	for _, query := range n {
		switch query.byClass(c) {
		case Yes:
			return Yes
		case Maybe:
			result = Maybe
		case No:
		}
	}
	return result
}

func (n noneOf) byClass(c row.Class) Answer {
	switch n.node.byClass(c) {
	case Yes:
		return No
	case No:
		return Yes
	default:
		return Maybe
	}
}

func (textTerm) byClass(row.Class) Answer  { return Maybe }
func (regexTerm) byClass(row.Class) Answer { return Maybe }
func (boundTerm) byClass(row.Class) Answer { return Maybe }
func (runTerm) byClass(row.Class) Answer   { return Maybe }

func (n levelTerm) byClass(c row.Class) Answer { return answer(n.set[c.Level()]) }

func (n listTerm) byClass(c row.Class) Answer {
	if n.field.name == "event" && c.Event() != "" {
		return answer(n.match(&Subject{Class: c, Kind: row.KindEntry}))
	}
	return storedByClass(n, c)
}

func (n orderTerm) byClass(c row.Class) Answer {
	if n.field.kind == kindTime {
		return Maybe
	}
	return storedByClass(n, c)
}

func (n regexField) byClass(c row.Class) Answer {
	if n.field.kind == kindLevel {
		return answer(n.match(&Subject{Class: c}))
	}
	return storedByClass(n, c)
}

func (n hasTerm) byClass(c row.Class) Answer { return storedByClass(n, c) }

// storedByClass settles a condition on stored fields for raw rows, which have
// none.
func storedByClass(n node, c row.Class) Answer {
	if c.IsEntry() {
		return Maybe
	}
	return answer(n.match(&Subject{Class: c, Kind: row.KindRaw}))
}

func (n kindTerm) byClass(c row.Class) Answer {
	if c.IsEntry() {
		return answer(n.match(&Subject{Kind: row.KindEntry}))
	}
	return answer(n.match(&Subject{Kind: row.KindRaw}))
}

// passes is the set of levels that fulfil a comparison.
func passes(op string, level hublog.Level) (set [4]bool) {
	for l := hublog.LevelDebug; l <= hublog.LevelError; l++ {
		set[l] = compare(op, int(l)-int(level))
	}
	return set
}
