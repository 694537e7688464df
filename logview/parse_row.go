package logview

import (
	"strconv"
	"strings"
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

// runName is the canonical name of a run, counted back from the last.
func runName(back int) string {
	switch back {
	case 0:
		return "last"
	case 1:
		return "prev"
	default:
		return strconv.Itoa(back)
	}
}

func (p *parser) kinds(values []value) (node, error) {
	n := kindTerm{}
	for _, v := range values {
		kind := Kind(0)
		for kind <= KindGap && !strings.EqualFold(v.plain(), kind.String()) {
			kind++
		}
		if kind > KindGap {
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

// unknownHint says what could have been meant by a name that is no field.
func unknownHint(name string) string {
	best, distance := "", min(3, len(name)/2+1)
	for _, f := range fields() {
		if strings.HasPrefix(f.name, strings.ToLower(name)) {
			best, distance = f.name, 0
		}
		if d := editDistance(strings.ToLower(name), f.name); d < distance {
			best, distance = f.name, d
		}
	}
	if best != "" {
		return "did you mean " + best + "? to look for the text, quote it"
	}
	return "to look for the text, quote it; fields: " + strings.Join(fieldNames(), " ")
}

func fieldNames() []string {
	var names []string
	for _, f := range fields() {
		names = append(names, f.name)
	}
	return names
}

// valueHint says which values a field takes.
func valueHint(f field) string {
	switch f.kind {
	case kindLevel:
		return "debug, info, warn or error"
	case kindDuration:
		return "250ms, 2s or a number of milliseconds"
	case kindNumber:
		return "a whole number"
	case kindTime, kindBound:
		return momentHint
	case kindRun:
		return "last, prev or how many runs back"
	case kindRow:
		return "entry, raw, partial or gap"
	case kindHas:
		return "a field that lines have, such as err"
	case kindContext:
		return "0 to " + strconv.Itoa(maxContext)
	default:
		return "a word, * as a wildcard, or quoted text"
	}
}

// editDistance counts the letters to change, add or take away.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
