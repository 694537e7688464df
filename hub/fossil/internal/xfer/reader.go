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
	maxArgs      = 8   // more are ignored, as no card has them
	maxErrorLine = 100 // of a bad line repeated in an error
)

// Reader reads the cards of one message.
type Reader struct {
	rest    []byte
	line    []byte
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
	r.line, r.rest, _ = bytes.Cut(r.rest, []byte{'\n'})
	r.args = r.args[:0]
	if r.line = bytes.TrimRight(r.line, "\r"); len(r.line) > 0 && r.line[0] == '#' {
		return true
	}
	for word := range bytes.FieldsSeq(r.line) {
		if len(r.args) == maxArgs {
			break
		}
		r.args = append(r.args, string(word))
	}
	return true
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
		return Unknown{Line: string(r.line)}, nil
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

// source returns the optional delta source of file and cfile lines with n
// arguments in their short form.
func (r *Reader) source(short int) (string, error) {
	switch len(r.args) {
	case short:
		return "", nil
	case short + 1:
		return r.uuid(2)
	default:
		return "", r.bad("wrong number of arguments")
	}
}

func (r *Reader) file() (Card, error) {
	uuid, err := r.uuid(1)
	if err != nil {
		return nil, err
	}
	source, err := r.source(3)
	if err != nil {
		return nil, err
	}
	content, err := r.payload(len(r.args) - 1)
	return File{UUID: uuid, Source: source, Content: content, Private: r.takePrivate()}, err
}

func (r *Reader) cfile() (Card, error) {
	uuid, err := r.uuid(1)
	if err != nil {
		return nil, err
	}
	source, err := r.source(4)
	if err != nil {
		return nil, err
	}
	size, err := r.number(len(r.args) - 2)
	if err != nil {
		return nil, err
	}
	framed, err := r.payload(len(r.args) - 1)
	return CFile{UUID: uuid, Source: source, Size: size, Framed: framed, Private: r.takePrivate()}, err
}

func (r *Reader) config() (Card, error) {
	if len(r.args) != 3 {
		return nil, r.bad("want name and size")
	}
	name := r.args[1]
	content, err := r.payload(2)
	return Config{Name: name, Content: content}, err
}

func (r *Reader) uvfile() (Card, error) {
	if len(r.args) != 6 {
		return nil, r.bad("want name, mtime, hash, size and flags")
	}
	have, err := r.uvEntry()
	if err != nil {
		return nil, err
	}
	flags, err := r.number(5)
	if err != nil {
		return nil, err
	}
	f := UVFile{Name: have.Name, MTime: have.MTime, Hash: have.Hash, Size: have.Size, Flags: UVFlags(flags)}
	if f.Flags&(UVDeleted|UVOmitted) == 0 {
		f.Content, err = r.payload(4)
	}
	return f, err
}

func (r *Reader) uvigot() (Card, error) {
	if len(r.args) != 5 {
		return nil, r.bad("want name, mtime, hash and size")
	}
	return r.uvEntry()
}

// uvEntry reads the four arguments that uvfile and uvigot share.
func (r *Reader) uvEntry() (UVIGot, error) {
	mtime, err := strconv.ParseInt(r.args[2], 10, 64)
	if err != nil {
		return UVIGot{}, r.bad("bad mtime")
	}
	hash := r.args[3]
	if hash != "-" && !blob.ValidUUID(hash) {
		return UVIGot{}, r.bad("bad hash")
	}
	size, err := r.number(4)
	return UVIGot{Name: artifact.Unescape(r.args[1]), MTime: mtime, Hash: hash, Size: size}, err
}

// payload takes the bytes that follow the line; argument i is their number.
func (r *Reader) payload(i int) ([]byte, error) {
	n, err := r.number(i)
	if err != nil {
		return nil, err
	}
	if n > int64(len(r.rest)) {
		return nil, r.bad("payload of " + r.args[i] + " bytes is cut off")
	}
	content := r.rest[:n:n]
	r.rest = r.rest[n:]
	return content, nil
}

// takePrivate consumes the mark of a preceding private card.
func (r *Reader) takePrivate() bool {
	private := r.private
	r.private = false
	return private
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
	return &SyntaxError{Line: string(r.line[:min(len(r.line), maxErrorLine)]), Reason: reason}
}
