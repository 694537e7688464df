package artifact

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strings"

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
	p := parser{text: string(b), a: &Artifact{}}
	p.a.Files = make([]File, 0, strings.Count(p.text, "\nF "))
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
	signature  = "\n-----BEGIN PGP SIGNATURE-"
)

// stripSignature removes a PGP clear-sign envelope: everything up to the first
// empty line, and the signature. The text between is not unescaped.
func stripSignature(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte(signedHead)) {
		return b
	}
	body := b[len(signedHead):]
	lf, crlf := bytes.Index(body, []byte("\n\n")), bytes.Index(body, []byte("\n\r\n"))
	switch {
	case lf >= 0 && (crlf < 0 || lf < crlf):
		body = body[lf+2:]
	case crlf >= 0:
		body = body[crlf+3:]
	default:
		return b
	}
	if end := bytes.LastIndex(body, []byte(signature)); end >= 0 {
		body = body[:end+1]
	}
	return body
}

// parser walks the cards of one artifact.
type parser struct {
	text string // one copy that every field of the artifact is a part of
	line string // arguments left on the current card
	more bool   // line has another argument, maybe an empty one
	tree bool   // a file or parent makes it a check-in
	seen [26]bool
	a    *Artifact
}

// cards reads every card and then judges the whole.
func (p *parser) cards() error {
	var last byte
	for len(p.text) > 0 {
		letter, err := p.nextCard()
		if err != nil {
			return err
		}
		if letter < last {
			return fmt.Errorf("card %c after card %c", letter, last)
		}
		last = letter
		if err := p.card(letter); err != nil {
			return fmt.Errorf("card %c: %w", letter, err)
		}
		p.seen[letter-'A'] = true
	}
	return p.finish()
}

// nextCard moves to the next line and returns its letter.
func (p *parser) nextCard() (byte, error) {
	end := strings.IndexByte(p.text, '\n')
	if end < 1 || p.text[0] < 'A' || p.text[0] > 'Z' {
		return 0, fmt.Errorf("no card at %.20q", p.text)
	}
	letter := p.text[0]
	p.line, p.more = "", false
	if end > 1 {
		if p.text[1] != ' ' {
			return 0, fmt.Errorf("no space after %c", letter)
		}
		p.line, p.more = p.text[2:end], true
	}
	p.text = p.text[end+1:]
	return letter, nil
}

// arg returns the next argument as it stands. Like Fossil it takes a NUL for a
// space.
func (p *parser) arg() (string, bool) {
	if !p.more {
		return "", false
	}
	word := p.line
	end := strings.IndexByte(p.line, ' ')
	if nul := strings.IndexByte(p.line, 0); nul >= 0 && (end < 0 || nul < end) {
		end = nul
	}
	if p.more = end >= 0; p.more {
		word, p.line = p.line[:end], p.line[end+1:]
	}
	return word, true
}

// textArg returns the next argument unescaped.
func (p *parser) textArg() (string, error) {
	s, ok := p.arg()
	if !ok {
		return "", errMissing
	}
	return Unescape(s), nil
}

// uuidArg returns the next argument, the name of an artifact.
func (p *parser) uuidArg() (string, error) {
	s, ok := p.arg()
	if !ok {
		return "", errMissing
	}
	return artifactName(s)
}

// artifactName returns the name of an artifact in lower case: Fossil takes upper-case
// digits in cards although it writes none.
func artifactName(s string) (string, error) {
	if blob.ValidUUID(s) {
		return s, nil
	}
	if lower := strings.ToLower(s); blob.ValidUUID(lower) {
		return lower, nil
	}
	return "", fmt.Errorf("bad artifact name %q", s)
}

// isHex is blob.Hex in either case.
func isHex(s string) bool { return blob.Hex(strings.ToLower(s)) }

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
