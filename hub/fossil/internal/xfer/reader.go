package xfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
)

// ErrSyntax is matched by *SyntaxError.
var ErrSyntax = errors.New("xfer: bad card")

// SyntaxError is a card that cannot be read. The reader cannot go on after it.
type SyntaxError struct {
	Line   string // the card's line, cut to 100 bytes
	Reason string
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("xfer: bad card %q: %s", e.Line, e.Reason)
}

// Is reports true for ErrSyntax.
func (e *SyntaxError) Is(target error) bool { return target == ErrSyntax }

const (
	maxArgs      = 8   // more are ignored: no card has them
	maxErrorLine = 100 // of a bad line repeated in an error
)

// Reader reads the cards of one message.
type Reader struct {
	rest    []byte
	line    string
	args    []string
	private bool // a private card waits for its file
}

// NewReader returns a reader of plain cards. Payloads it returns alias plain.
func NewReader(plain []byte) *Reader { return &Reader{rest: plain} }

// Next returns the next card, io.EOF after the last one, or a *SyntaxError.
// The card "private" is folded into the file or cfile that follows it.
func (r *Reader) Next() (Card, error) {
	for r.nextLine() {
		switch {
		case len(r.args) == 0:
		case r.args[0] == "private":
			r.private = true
		default:
			return r.card()
		}
	}
	return nil, io.EOF
}

// nextLine moves to the next line and splits it. Comments have no arguments.
func (r *Reader) nextLine() bool {
	if len(r.rest) == 0 {
		return false
	}
	var line []byte
	line, r.rest, _ = bytes.Cut(r.rest, []byte{'\n'})
	r.line, r.args = string(line), r.args[:0]
	if !strings.HasPrefix(r.line, "#") {
		r.split()
	}
	return true
}

// split cuts the line at ASCII white space only: names may hold other kinds.
func (r *Reader) split() {
	const space = " \t\r\v\f"
	for rest := strings.TrimLeft(r.line, space); rest != "" && len(r.args) < maxArgs; rest = strings.TrimLeft(rest, space) {
		end := strings.IndexAny(rest, space)
		if end < 0 {
			end = len(rest)
		}
		r.args = append(r.args, rest[:end])
		rest = rest[end:]
	}
}

// card makes the typed card of the current line.
func (r *Reader) card() (Card, error) {
	switch r.args[0] {
	case "file":
		return r.file()
	case "cfile":
		return r.cfile()
	case "igot":
		uuid, err := r.uuid(1)
		return IGot{UUID: uuid, Private: r.arg(2) == "1"}, err
	case "gimme":
		uuid, err := r.uuid(1)
		return Gimme{UUID: uuid}, err
	case "login":
		return r.login()
	case "pull":
		server, project := r.codes()
		return Pull{ServerCode: server, ProjectCode: project}, nil
	case "push":
		server, project := r.codes()
		return Push{ServerCode: server, ProjectCode: project}, nil
	case "clone":
		return r.clone()
	case "clone_seqno":
		n, err := r.number(1)
		return CloneSeqNo{SeqNo: n}, err
	case "config":
		return r.config()
	case "uvfile":
		return r.uvfile()
	case "uvigot":
		return r.uvigot()
	}
	return r.text()
}

// text makes the cards that carry nothing but words.
func (r *Reader) text() (Card, error) {
	switch r.args[0] {
	case "cookie":
		return Cookie{Text: r.arg(1)}, nil
	case "reqconfig":
		return ReqConfig{Name: r.arg(1)}, nil
	case "uvgimme":
		if len(r.args) < 2 {
			return nil, r.bad("no name")
		}
		return UVGimme{Name: artifact.Unescape(r.args[1])}, nil
	case "pragma":
		if len(r.args) < 2 {
			return Pragma{}, nil
		}
		return Pragma{Name: r.args[1], Args: append([]string(nil), r.args[2:]...)}, nil
	case "message":
		return Message{Text: artifact.Unescape(r.arg(1))}, nil
	case "error":
		return Error{Text: artifact.Unescape(r.arg(1))}, nil
	default:
		return Unknown{Line: r.line}, nil
	}
}

func (r *Reader) login() (Card, error) {
	if len(r.args) < 4 {
		return nil, r.bad("want user, nonce and signature")
	}
	return Login{User: artifact.Unescape(r.args[1]), Nonce: r.args[2], Signature: r.args[3], Tail: r.rest}, nil
}

// codes returns the two codes of pull and push. A single one is the project's.
func (r *Reader) codes() (server, project string) {
	if len(r.args) == 2 {
		return "", r.args[1]
	}
	return r.arg(1), r.arg(2)
}

func (r *Reader) clone() (Card, error) {
	if len(r.args) == 1 {
		return Clone{}, nil
	}
	version, err := r.number(1)
	if err != nil {
		return nil, err
	}
	var seqno int64
	if len(r.args) > 2 {
		if seqno, err = r.number(2); err != nil {
			return nil, err
		}
	}
	return Clone{Version: int(min(version, 1<<20)), SeqNo: seqno}, nil
}

// arg returns argument i or "".
func (r *Reader) arg(i int) string {
	if i < len(r.args) {
		return r.args[i]
	}
	return ""
}

func (r *Reader) uuid(i int) (string, error) {
	s := r.arg(i)
	if !blob.ValidUUID(s) {
		return "", r.bad("argument is not an artifact name")
	}
	return s, nil
}

// number returns argument i, a decimal number that is not negative.
func (r *Reader) number(i int) (int64, error) {
	s := r.arg(i)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strings.HasPrefix(s, "+") {
		return 0, r.bad("argument is not a number")
	}
	return n, nil
}

func (r *Reader) bad(reason string) error {
	return &SyntaxError{Line: r.line[:min(len(r.line), maxErrorLine)], Reason: reason}
}
