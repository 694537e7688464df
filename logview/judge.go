package logview

import "bones-tui/hub/hublog"

func (n allOf) judge(c class) verdict {
	result := yes
	for _, term := range n {
		switch term.judge(c) {
		case no:
			return no
		case maybe:
			result = maybe
		case yes:
		}
	}
	return result
}

func (n anyOf) judge(c class) verdict {
	result := no
	for _, query := range n {
		switch query.judge(c) {
		case yes:
			return yes
		case maybe:
			result = maybe
		case no:
		}
	}
	return result
}

func (n noneOf) judge(c class) verdict {
	switch n.node.judge(c) {
	case yes:
		return no
	case no:
		return yes
	default:
		return maybe
	}
}

func (textTerm) judge(class) verdict  { return maybe }
func (regexTerm) judge(class) verdict { return maybe }
func (boundTerm) judge(class) verdict { return maybe }
func (runTerm) judge(class) verdict   { return maybe }

func (n levelTerm) judge(c class) verdict { return verdictOf(n.set[c.level()]) }

func (n listTerm) judge(c class) verdict {
	if n.field.name == "event" && c.event() != "" {
		return verdictOf(n.match(&subject{class: c, kind: KindEntry}))
	}
	return judgeStored(n, c)
}

func (n orderTerm) judge(c class) verdict {
	if n.field.kind == kindTime {
		return maybe
	}
	return judgeStored(n, c)
}

func (n regexField) judge(c class) verdict {
	if n.field.kind == kindLevel {
		return verdictOf(n.match(&subject{class: c}))
	}
	return judgeStored(n, c)
}

func (n hasTerm) judge(c class) verdict { return judgeStored(n, c) }

// judgeStored settles a condition on stored fields for raw rows, which have
// none.
func judgeStored(n node, c class) verdict {
	if c.isEntry() {
		return maybe
	}
	return verdictOf(n.match(&subject{class: c, kind: KindRaw}))
}

func (n kindTerm) judge(c class) verdict {
	if c.isEntry() {
		return verdictOf(n.match(&subject{kind: KindEntry}))
	}
	return verdictOf(n.match(&subject{kind: KindRaw}))
}

// passes is the set of levels that fulfil a comparison.
func passes(op string, level hublog.Level) (set [4]bool) {
	for l := hublog.LevelDebug; l <= hublog.LevelError; l++ {
		set[l] = compare(op, int(l)-int(level))
	}
	return set
}
