package query

// Parse reads a filter. The language, terms separated by spaces, all of
// which must hold:
//
//	word "some words"        substring of the line, smart case: case counts
//	                         if there is an upper-case letter; between quotes
//	                         \ keeps its meaning off the next character, and
//	                         \u{202e} is the character with that code point
//	/RE2/ /RE2/i             regular expression over the line, smart case
//	name:value,value         one of the values; * is a wildcard; case ignored
//	name=value name!=value   the value, literally
//	name>value  >= < <=      for level, took, count and ts
//	name~/RE2/               regular expression over the field
//	(query | query)          one of the queries
//	-term !term              not the term
//
// The names: level event rpc agent task slot session hook matcher took count
// err msg ts, and since until run kind has ctx, which are about the row rather
// than in it. The error is a *SyntaxError.
func Parse(s string) (*Filter, error) {
	p := &parser{scanner: scanner{src: []rune(s)}}
	if len(p.src) > maxFilter {
		return nil, p.fail(maxFilter, "", "the filter is too long")
	}
	root, err := p.queries()
	if err != nil {
		return nil, err
	}
	f := &Filter{context: p.context}
	if len(root) == 1 {
		f.root = root[0].(allOf)
	} else {
		f.root = allOf{anyOf(root)}
	}
	return f, nil
}

// queries reads query { "|" query } up to the end or the closing parenthesis.
func (p *parser) queries() ([]node, error) {
	var list []node
	for {
		start := p.at
		q, err := p.query()
		if err != nil {
			return nil, err
		}
		more := p.peek() == '|' && !p.end()
		if len(q) == 0 && (more || len(list) > 0 || p.depth > 0) {
			return nil, p.fail(start, "write a term", "nothing to look for here")
		}
		list = append(list, q)
		if !more {
			return list, nil
		}
		p.at++
	}
}

// query reads terms up to the end, "|" or the closing parenthesis.
func (p *parser) query() (allOf, error) {
	var terms allOf
	for {
		p.skipSpace()
		c := p.peek()
		if p.end() || c == '|' && p.alone() || c == ')' && p.depth > 0 {
			return terms, nil
		}
		term, err := p.term()
		if err != nil {
			return nil, err
		}
		if group, ok := term.(anyOf); ok && len(group) == 1 {
			terms = append(terms, group[0].(allOf)...)
		} else if term != nil {
			terms = append(terms, term)
		}
	}
}

// alone reports whether the "|" here separates queries: always in a group,
// outside only as a word of its own.
func (p *parser) alone() bool {
	next := scanner{src: p.src, at: p.at + 1}
	return p.depth > 0 || next.atBreak()
}

func (p *parser) term() (node, error) {
	c := p.peek()
	if c != '-' && c != '!' {
		return p.positive()
	}
	start := p.at
	p.at++
	if p.atBreak() {
		return nil, p.fail(start, `to look for it, write "`+string(c)+`"`, "nothing to negate")
	}
	p.negated++
	term, err := p.positive()
	p.negated--
	if err != nil {
		return nil, err
	}
	return negate(term), nil
}

func (p *parser) positive() (node, error) {
	start := p.at
	switch p.peek() {
	case '(':
		return p.group()
	case '/':
		src, fold, err := p.regexp()
		if err != nil {
			return nil, err
		}
		pat, err := p.compile(start+1, src, fold)
		if err != nil {
			return nil, err
		}
		return regexTerm{pat}, nil
	case '"':
		raw, err := p.quoted()
		if err != nil {
			return nil, err
		}
		if raw == "" {
			return nil, p.fail(start, "write the text between the quotes", "nothing to look for here")
		}
		return newText(unquote(raw)), nil
	}
	if name := p.name(); name != "" {
		return p.field(start, name)
	}
	return newText(p.bare(false)), nil
}

func (p *parser) group() (node, error) {
	start := p.at
	if p.depth == maxDepth {
		return nil, p.fail(start, "", "too many groups in groups")
	}
	p.at++
	p.depth++
	list, err := p.queries()
	p.depth--
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		return nil, p.fail(start, "close it with )", "the group has no end")
	}
	p.at++
	return anyOf(list), nil
}
