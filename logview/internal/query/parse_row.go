package query

import (
	"strconv"
	"strings"

	"bones-tui/logview/internal/row"
)

// The conditions about the row rather than in it: since, until, run, kind, has
// and ctx.

func (p *parser) bound(f field, values []value) (node, error) {
	v, err := p.single(f, values)
	if err != nil {
		return nil, err
	}
	when, ok := parseMoment(v.plain())
	if !ok {
		return nil, p.fail(v.at, valueHint(f), "%q is not a time", v.plain())
	}
	return boundTerm{until: f.name == "until", when: when}, nil
}

func (p *parser) run(values []value) (node, error) {
	f := field{name: "run", kind: kindRun}
	v, err := p.single(f, values)
	if err != nil {
		return nil, err
	}
	text := strings.ToLower(v.plain())
	for back := range 2 {
		if text == runName(back) {
			return runTerm{back: back}, nil
		}
	}
	back, err := strconv.ParseUint(text, 10, 16)
	if err != nil || back > maxRuns {
		return nil, p.fail(v.at, valueHint(f), "%q is not a run", v.plain())
	}
	return runTerm{back: int(back)}, nil
}

func (p *parser) kinds(values []value) (node, error) {
	n := kindTerm{}
	for _, v := range values {
		kind := row.Kind(0)
		for kind <= row.KindGap && !strings.EqualFold(v.plain(), kind.String()) {
			kind++
		}
		if kind > row.KindGap {
			return nil, p.fail(v.at, valueHint(field{kind: kindRow}), "unknown kind %q", v.plain())
		}
		n.kinds = append(n.kinds, kind)
	}
	return n, nil
}

func (p *parser) has(values []value) (node, error) {
	n := hasTerm{}
	for _, v := range values {
		f, ok := fieldNamed(v.plain())
		if !ok || !f.stored() {
			return nil, p.fail(v.at, valueHint(field{kind: kindHas}), "unknown field %q", v.plain())
		}
		n.fields = append(n.fields, f)
	}
	return n, nil
}

// neighbours reads ctx:, which is a setting of the whole filter, so it makes
// no sense in a part of it.
func (p *parser) neighbours(values []value) (node, error) {
	f := field{name: "ctx", kind: kindContext}
	v, err := p.single(f, values)
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(v.plain(), 10, 16)
	if err != nil || n > maxContext {
		return nil, p.fail(v.at, valueHint(f), "%q is not a number of rows", v.plain())
	}
	if p.depth > 0 || p.negated > 0 {
		return nil, p.fail(v.at, "write it outside groups and without -", "ctx holds for the whole filter")
	}
	p.context = int(n)
	return nil, nil
}

func (p *parser) single(f field, values []value) (value, error) {
	if len(values) > 1 {
		return value{}, p.fail(values[1].at, valueHint(f), "%s takes one value", f.name)
	}
	return values[0], nil
}
