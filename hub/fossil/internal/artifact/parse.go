package artifact

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"

	"bones-tui/hub/fossil/internal/blob"
)

// Parse reads a structural artifact. Content that is none, which is the common
// case, is told apart before anything is hashed or allocated; the error then
// matches ErrNotStructural. Parse accepts what Fossil accepts and does not keep
// references to b.
func Parse(b []byte) (*Artifact, error) {
	b = stripSignature(b)
	if !looksStructural(b) {
		return nil, ErrNotStructural
	}
	p := parser{text: b, a: &Artifact{}}
	if err := p.cards(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotStructural, err)
	}
	return p.a, nil
}

const zLineLen = len("Z ") + 2*md5.Size + 1

// looksStructural makes the cheap checks and, if they hold, verifies the Z card.
func looksStructural(b []byte) bool {
	if len(b) < zLineLen || b[0] < 'A' || b[0] > 'Z' || b[1] != ' ' || b[len(b)-1] != '\n' {
		return false
	}
	body, z := b[:len(b)-zLineLen], b[len(b)-zLineLen:]
	if z[0] != 'Z' || z[1] != ' ' || (len(body) > 0 && body[len(body)-1] != '\n') {
		return false
	}
	sum := md5.Sum(body)
	var want [2 * md5.Size]byte
	hex.Encode(want[:], sum[:])
	return bytes.Equal(want[:], z[2:zLineLen-1])
}

const (
	signedHead = "-----BEGIN PGP SIGNED MESSAGE-----"
	signature  = "\n-----BEGIN PGP SIGNATURE-----"
)

// stripSignature removes a PGP clear-sign envelope.
func stripSignature(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte(signedHead)) {
		return b
	}
	_, body, ok := bytes.Cut(b, []byte("\n\n"))
	if !ok {
		return b
	}
	if end := bytes.Index(body, []byte(signature)); end >= 0 {
		body = body[:end+1]
	}
	return body
}

// parser walks the cards of one artifact.
type parser struct {
	text []byte
	line []byte // arguments left on the current card
	more bool   // line has another argument, maybe an empty one
	seen [26]bool
	a    *Artifact
}

// cards reads every card and then judges the whole.
func (p *parser) cards() error {
	var last byte
	for {
		letter, err := p.nextCard()
		if err != nil {
			return err
		}
		if letter < last {
			return fmt.Errorf("card %c after card %c", letter, last)
		}
		last = letter
		if letter == 'Z' {
			return p.finish()
		}
		if err := p.card(letter); err != nil {
			return fmt.Errorf("card %c: %w", letter, err)
		}
		p.seen[letter-'A'] = true
	}
}

// nextCard moves to the next line and returns its letter.
func (p *parser) nextCard() (byte, error) {
	end := bytes.IndexByte(p.text, '\n')
	if end < 1 || p.text[0] < 'A' || p.text[0] > 'Z' {
		return 0, fmt.Errorf("no card at %.20q", p.text)
	}
	letter := p.text[0]
	p.line, p.more = nil, false
	if end > 1 {
		if p.text[1] != ' ' {
			return 0, fmt.Errorf("no space after %c", letter)
		}
		p.line, p.more = p.text[2:end], true
	}
	p.text = p.text[end+1:]
	return letter, nil
}

// arg returns the next argument as it stands.
func (p *parser) arg() (string, bool) {
	if !p.more {
		return "", false
	}
	word, rest, found := bytes.Cut(p.line, []byte{' '})
	p.line, p.more = rest, found
	return string(word), true
}

// text argument helpers return an error if the argument is missing or bad.

func (p *parser) textArg() (string, error) {
	s, ok := p.arg()
	if !ok {
		return "", errMissing
	}
	return Unescape(s), nil
}

func (p *parser) uuidArg() (string, error) {
	s, ok := p.arg()
	if !ok {
		return "", errMissing
	}
	if !blob.ValidUUID(s) {
		return "", fmt.Errorf("bad artifact name %q", s)
	}
	return s, nil
}

// optionalUUID is uuidArg for an argument that may be absent.
func (p *parser) optionalUUID() (string, error) {
	if !p.more {
		return "", nil
	}
	return p.uuidArg()
}

// once fails if the card was seen before.
func (p *parser) once(letter byte) error {
	if p.seen[letter-'A'] {
		return errRepeated
	}
	return nil
}
