package query

import (
	"fmt"
	"strings"
)

// Since returns the filter for rows from a moment on, as "since:" does. The error is
// a *SyntaxError in columns of text.
func Since(text string) (*Filter, error) {
	when, ok := parseMoment(text)
	if !ok {
		return nil, &SyntaxError{Col: 1, Msg: fmt.Sprintf("%q is not a time", text), Hint: momentHint}
	}
	return &Filter{root: allOf{boundTerm{when: when}}}, nil
}

// And returns the filter for what f and g let through, with the neighbours that f
// asks for.
func And(f, g *Filter) *Filter {
	terms := append(append(allOf(nil), f.terms()...), g.terms()...)
	return &Filter{root: terms, context: f.neighbours()}
}

// With returns the filter with a term on a field. "!=" adds the values to
// those that the filter leaves out. Every other operator replaces what the
// filter asked of the field so far. A term that would not be legal changes
// nothing.
func (f *Filter) With(name, op string, values ...string) *Filter {
	fld, ok := fieldNamed(name)
	if !ok || len(values) == 0 {
		return f
	}
	exclude := op == "!="
	if exclude {
		op = ":"
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = parseGlob(v, false).String()
	}
	added, err := Parse(fld.name + op + strings.Join(quoted, ","))
	if err != nil {
		return f
	}
	if fld.kind == kindContext {
		return &Filter{root: f.terms(), context: added.context}
	}
	term := added.root[0]
	if exclude {
		return f.excluding(term)
	}
	return f.replacing(fld.name, term)
}

// Without returns the filter without its terms on a field, negated or not.
func (f *Filter) Without(name string) *Filter {
	fld, ok := fieldNamed(name)
	if !ok || f == nil {
		return f
	}
	g := &Filter{context: f.context}
	if fld.kind == kindContext {
		g.context = 0
	}
	for _, term := range f.root {
		if on, _ := termField(term); on != fld.name {
			g.root = append(g.root, term)
		}
	}
	return g
}

// replacing puts a term where the first one on that field was.
func (f *Filter) replacing(name string, term node) *Filter {
	g := &Filter{context: f.neighbours()}
	for _, old := range f.terms() {
		on, negated := termField(old)
		if on != name || negated {
			g.root = append(g.root, old)
		} else if term != nil {
			g.root, term = append(g.root, term), nil
		}
	}
	if term != nil {
		g.root = append(g.root, term)
	}
	return g
}

// excluding adds a negated term, or its values to the one that is there.
func (f *Filter) excluding(term node) *Filter {
	g := &Filter{root: append(allOf(nil), f.terms()...), context: f.neighbours()}
	list, isList := term.(listTerm)
	for i, old := range g.root {
		negated, _ := old.(noneOf)
		before, ok := negated.node.(listTerm)
		if ok && isList && before.field.name == list.field.name {
			merged := listTerm{field: list.field, values: before.values}
			for _, v := range list.values {
				if !hasValue(merged.values, v) {
					merged.values = append(merged.values[:len(merged.values):len(merged.values)], v)
				}
			}
			g.root[i] = noneOf{merged}
			return g
		}
	}
	g.root = append(g.root, noneOf{term})
	return g
}
