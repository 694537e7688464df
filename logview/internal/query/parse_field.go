package query

import (
	"slices"
	"strconv"
	"strings"

	"bones-tui/hub/hublog"
)

// field reads the operator and the values after a field name.
func (p *parser) field(start int, name string) (node, error) {
	f, ok := fieldNamed(name)
	if !ok {
		return nil, p.fail(start, unknownHint(name), "unknown field %q", name)
	}
	opAt := p.at
	op := p.operator()
	if !slices.Contains(f.operators(), op) {
		return nil, p.fail(opAt, "legal: "+strings.Join(f.operators(), " "), "%s does not take %q", f.name, op)
	}
	if op == "~" {
		return p.fieldRegexp(f)
	}
	return p.fieldValues(f, op)
}

func (p *parser) fieldRegexp(f field) (node, error) {
	start := p.at
	if p.peek() != '/' {
		return nil, p.fail(start, f.name+"~/pattern/", "a regular expression must follow ~")
	}
	src, fold, err := p.regexp()
	if err != nil {
		return nil, err
	}
	pat, err := p.compile(start+1, src, fold)
	if err != nil {
		return nil, err
	}
	return regexField{field: f, pattern: pat}, nil
}

func (p *parser) fieldValues(f field, op string) (node, error) {
	var values []value
	for {
		v, err := p.value(op == ":")
		if err != nil {
			return nil, err
		}
		if v.text == "" && !v.quoted {
			return nil, p.fail(v.at, valueHint(f), "%s needs a value", f.name)
		}
		values = append(values, v)
		if op != ":" || p.peek() != ',' {
			break
		}
		p.at++
	}
	if !p.atBreak() {
		return nil, p.fail(p.at, "separate terms by a space", "unexpected %q", p.peek())
	}
	return p.test(f, op, values)
}

func (p *parser) value(list bool) (value, error) {
	v := value{at: p.at}
	if p.peek() != '"' {
		v.text = p.bare(list)
		return v, nil
	}
	var err error
	v.text, err = p.quoted()
	v.quoted = true
	return v, err
}

// test builds the condition of a field.
func (p *parser) test(f field, op string, values []value) (node, error) {
	switch f.kind {
	case kindLevel:
		return p.level(op, values)
	case kindDuration, kindNumber, kindTime:
		if op != ":" {
			return p.order(f, op, values[0])
		}
		return p.list(f, values)
	case kindBound:
		return p.bound(f, values)
	case kindRun:
		return p.run(values)
	case kindRow:
		return p.kinds(values)
	case kindHas:
		return p.has(values)
	case kindContext:
		return p.neighbours(values)
	default:
		if op == ":" {
			return p.list(f, values)
		}
		exact := glob{parts: []string{strings.ToLower(values[0].plain())}}
		return orderTerm{field: f, op: op, exact: exact}, nil
	}
}

func (p *parser) list(f field, values []value) (node, error) {
	n := listTerm{field: f}
	for _, v := range values {
		if d, ok := parseMillis(v.plain()); ok && f.kind == kindDuration {
			v = value{text: strconv.FormatInt(d.Milliseconds(), 10)}
		}
		n.values = append(n.values, parseGlob(v.text, v.quoted))
	}
	return n, nil
}

func (p *parser) level(op string, values []value) (node, error) {
	n := levelTerm{text: op}
	for i, v := range values {
		var set [4]bool
		text := strings.ToLower(v.plain())
		if op == ":" && strings.Contains(text, "*") {
			set = levelsLike(parseGlob(text, false))
		} else {
			level, err := hublog.ParseLevel(text)
			if err != nil {
				return nil, p.fail(v.at, valueHint(field{kind: kindLevel}), "unknown level %q", v.plain())
			}
			set = passes(strings.Replace(op, ":", "=", 1), level)
			n.min, n.has = floor(op, level)
		}
		for l := range set {
			n.set[l] = n.set[l] || set[l]
		}
		if i > 0 {
			n.text += ","
		}
		n.text += text
	}
	return n, nil
}

func levelsLike(g glob) (set [4]bool) {
	for l := range set {
		set[l] = g.match([]byte(hublog.Level(l).String()))
	}
	return set
}

func floor(op string, level hublog.Level) (hublog.Level, bool) {
	switch {
	case op == ">=":
		return level, true
	case op == ">" && level < hublog.LevelError:
		return level + 1, true
	default:
		return 0, false
	}
}

func (p *parser) order(f field, op string, v value) (node, error) {
	n := orderTerm{field: f, op: op, value: v.plain()}
	var ok bool
	switch f.kind {
	case kindDuration:
		took, valid := parseMillis(n.value)
		n.num, ok = took.Milliseconds(), valid
	case kindTime:
		n.when, ok = parseMoment(n.value)
		n.value = n.when.src
	default:
		num, err := strconv.ParseInt(n.value, 10, 64)
		n.num, ok = num, err == nil
	}
	if !ok {
		return nil, p.fail(v.at, valueHint(f), "%q is no value for %s", v.plain(), f.name)
	}
	return n, nil
}
