package artifact

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"bones-tui/hub/fossil/internal/blob"
)

var (
	errMissing  = errors.New("missing argument")
	errRepeated = errors.New("more than one")
	errOrder    = errors.New("out of order")
)

// card reads one card into the artifact.
func (p *parser) card(letter byte) error {
	if err := p.arguments(letter); err != nil {
		return err
	}
	if p.more {
		return errors.New("too many arguments")
	}
	return nil
}

func (p *parser) arguments(letter byte) error {
	switch letter {
	case 'F':
		return p.file()
	case 'J':
		return p.field()
	case 'M':
		return p.member()
	case 'P':
		return p.parents()
	case 'Q':
		return p.cherryPick()
	case 'T':
		return p.tag()
	case 'Z':
		_, err := p.md5Arg()
		return err
	}
	if err := p.once(letter); err != nil {
		return err
	}
	return p.single(letter)
}

// single reads a card that may occur once.
func (p *parser) single(letter byte) (err error) {
	a := p.a
	switch letter {
	case 'A':
		return p.attachment()
	case 'B':
		a.Baseline, err = p.uuidArg()
	case 'C':
		a.HasComment = true
		a.Comment, err = p.textArg()
	case 'D':
		a.Time, err = p.date()
	case 'E':
		if a.EventTime, err = p.date(); err == nil {
			a.EventID, err = p.uuidArg()
		}
	case 'G':
		a.ThreadRoot, err = p.uuidArg()
	case 'H':
		a.ThreadTitle, err = p.textArg()
	case 'I':
		a.InReplyTo, err = p.uuidArg()
	case 'K':
		if a.TicketID, err = p.uuidArg(); err == nil && len(a.TicketID) != blob.SHA1Len {
			err = errors.New("ticket id of the wrong length")
		}
	case 'L':
		a.HasWikiTitle = true
		a.WikiTitle, err = p.textArg()
	case 'N':
		a.Mimetype, err = p.textArg()
	case 'R':
		a.RSum, err = p.md5Arg()
	case 'U':
		p.user()
	case 'W':
		return p.wikiText()
	default:
		return errors.New("unknown card")
	}
	return err
}

func (p *parser) date() (t time.Time, err error) {
	s, ok := p.arg()
	if !ok {
		return t, errMissing
	}
	return ParseDate(s)
}

func (p *parser) md5Arg() (string, error) {
	s, ok := p.arg()
	if !ok || len(s) != 32 || !isHex(s) {
		return "", fmt.Errorf("bad MD5 %q", s)
	}
	return s, nil
}

// anonymous is the login that an empty U card stands for.
const anonymous = "anonymous"

// user reads the login.
func (p *parser) user() {
	p.a.HasUser = true
	s, _ := p.arg()
	p.a.User = cmp.Or(Unescape(s), anonymous)
}

func (p *parser) attachment() (err error) {
	p.a.HasAttached = true
	at := &p.a.Attachment
	if at.Name, err = p.textArg(); err != nil {
		return err
	}
	if !isSimplePath(at.Name) {
		return fmt.Errorf("bad file name %q", at.Name)
	}
	if at.Target, err = p.textArg(); err != nil {
		return err
	}
	at.Source, err = p.optionalUUID()
	return err
}

func (p *parser) field() error {
	name, ok := p.arg()
	if !ok {
		return errMissing
	}
	value, _ := p.arg()
	name = Unescape(name)
	bare, added := strings.CutPrefix(name, "+")
	if n := len(p.a.Fields); n > 0 && p.a.Fields[n-1].wireName() >= name {
		return errOrder
	}
	p.a.Fields = append(p.a.Fields, Field{Name: bare, Value: Unescape(value), Append: added})
	return nil
}

// wireName returns the field's name as the J card has it.
func (f Field) wireName() string {
	if f.Append {
		return "+" + f.Name
	}
	return f.Name
}

func (p *parser) member() error {
	uuid, err := p.uuidArg()
	if err != nil {
		return err
	}
	if n := len(p.a.Members); n > 0 && p.a.Members[n-1] >= uuid {
		return errOrder
	}
	p.a.Members = append(p.a.Members, uuid)
	return nil
}

func (p *parser) parents() error {
	for p.more {
		uuid, err := p.uuidArg()
		if err != nil {
			return err
		}
		p.a.Parents = append(p.a.Parents, uuid)
		p.tree = true
	}
	return nil
}

// wikiText reads the bytes that follow a W card. They are part of the card.
// Of the size only the leading digits count.
func (p *parser) wikiText() error {
	s, ok := p.arg()
	if !ok {
		return errMissing
	}
	n := 0
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n <= len(p.text); i++ {
		n = 10*n + int(s[i]-'0')
	}
	if n >= len(p.text) || p.text[n] != '\n' {
		return fmt.Errorf("bad size %q", s)
	}
	p.a.HasText = true
	p.a.Text = []byte(p.text[:n])
	p.text = p.text[n+1:]
	return nil
}
