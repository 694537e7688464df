package artifact

import (
	"errors"
	"fmt"
	"strings"
)

// rule says which cards a kind may and must have, besides Z.
type rule struct{ allowed, required string }

func (k Kind) rule() rule {
	switch k {
	case CheckIn:
		return rule{"BCDFNPQRTU", "D"}
	case Control:
		return rule{"DTU", "DTU"}
	case Cluster:
		return rule{"M", "M"}
	case Wiki:
		return rule{"CDLNPUW", "DLUW"}
	case Ticket:
		return rule{"DJKU", "DJKU"}
	case Attachment:
		return rule{"ACDNU", "AD"}
	case Technote:
		return rule{"CDENPTUW", "DEW"}
	case Forum:
		return rule{"DGHINPUW", "DUW"}
	default:
		return rule{}
	}
}

// finish settles the kind from the cards seen and applies its rule.
func (p *parser) finish() error {
	p.a.Kind = p.kind()
	r := p.a.Kind.rule()
	for i, seen := range p.seen {
		letter := rune('A' + i)
		if letter == 'Z' {
			continue
		}
		if seen && !strings.ContainsRune(r.allowed, letter) {
			return fmt.Errorf("card %c in a %s", letter, p.a.Kind)
		}
		if !seen && strings.ContainsRune(r.required, letter) {
			return fmt.Errorf("no card %c in a %s", letter, p.a.Kind)
		}
	}
	if p.a.Kind == Forum {
		return p.forum()
	}
	return p.targets()
}

// forum checks that a post starts a thread or replies, and has one old version
// at most.
func (p *parser) forum() error {
	if p.seen['H'-'A'] && p.seen['I'-'A'] {
		return errors.New("reply with a title")
	}
	if len(p.a.Parents) > 1 {
		return errors.New("forum post with several parents")
	}
	return nil
}

// kind applies the type test: cards of one kind decide, then the cards of a
// check-in; what is left is a control artifact.
func (p *parser) kind() Kind {
	for _, test := range []struct {
		letters string
		kind    Kind
	}{
		{"M", Cluster},
		{"E", Technote},
		{"GHI", Forum},
		{"A", Attachment},
		{"L", Wiki},
		{"JK", Ticket},
		{"BCQR", CheckIn},
	} {
		for _, letter := range test.letters {
			if p.seen[letter-'A'] {
				return test.kind
			}
		}
	}
	if p.tree {
		return CheckIn
	}
	return Control
}

// targets checks that only check-ins and technotes tag themselves, and that
// those tag nothing else.
func (p *parser) targets() error {
	for _, t := range p.a.Tags {
		if p.a.Kind == Control && t.Target == "" {
			return errors.New("control artifact tags itself")
		}
		if p.a.Kind == Technote && (t.Target != "" || t.Type != Single) {
			return errors.New("technote may only tag itself and only once")
		}
	}
	return nil
}
