package xfer

import (
	"errors"
	"fmt"
	"mime"

	"bones-tui/hub/fossil/internal/blob"
)

// ErrMessage says that a body is not a sync message in any known framing.
var ErrMessage = errors.New("xfer: not a sync message")

// Encoding is how a message body is framed.
type Encoding uint8

// The framings of a body.
const (
	Compressed   Encoding = iota // 4-byte length and one zlib stream
	Uncompressed                 // plain cards
	Debug                        // plain cards, asked for by --httptrace
)

// ContentType returns the MIME type that announces the encoding.
func (e Encoding) ContentType() string {
	switch e {
	case Uncompressed:
		return "application/x-fossil-uncompressed"
	case Debug:
		return "application/x-fossil-debug"
	default:
		return "application/x-fossil"
	}
}

// EncodingOf returns the encoding that a Content-Type header announces; false
// if it is no sync message.
func EncodingOf(contentType string) (Encoding, bool) {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return 0, false
	}
	for _, e := range []Encoding{Compressed, Uncompressed, Debug} {
		if mediaType == e.ContentType() {
			return e, true
		}
	}
	return 0, false
}

// Decode returns the plain cards of a body and spends the budget for them.
// Under Compressed it also takes a bare zlib stream and plain cards, because
// some peers announce the wrong framing. The result may alias body.
func Decode(body []byte, e Encoding, budget *Budget) ([]byte, error) {
	if e != Compressed || len(body) == 0 {
		return body, budget.Take(int64(len(body)))
	}
	plain, err := budget.expand(body)
	switch {
	case err == nil:
		return plain, nil
	case looksPlain(body):
		return body, budget.Take(int64(len(body)))
	case errors.Is(err, blob.ErrFraming):
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	default:
		return nil, err
	}
}

// looksPlain reports whether body starts like a line of cards.
func looksPlain(body []byte) bool {
	for _, c := range body[:min(len(body), 8)] {
		if c != '\n' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

// Encode frames plain cards for a body.
func Encode(plain []byte, e Encoding) []byte {
	if e != Compressed {
		return plain
	}
	return blob.Compress(nil, plain)
}
