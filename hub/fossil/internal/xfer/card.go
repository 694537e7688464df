// Package xfer is the wire format of Fossil's sync protocol: the framing of
// messages and the cards inside them, both directions
// (https://fossil-scm.org/home/doc/trunk/www/sync.wiki). It holds no policy;
// who may do what is the business of the two ends.
package xfer

import (
	"errors"

	"bones-tui/hub/fossil/internal/blob"
)

// Card is one card of a message: one of the struct types of this package, by
// value.
type Card interface{ isCard() }

// Login authenticates the request; it must be the first card. Tail is every
// byte after its line: the nonce of an honest client is the SHA1 of it.
type Login struct {
	User, Nonce, Signature string
	Tail                   []byte
}

// Pull asks for what the receiver has. Codes may be "" when the peer leaves
// them out.
type Pull struct{ ServerCode, ProjectCode string }

// Push announces artifacts, or in a clone reply tells the codes.
type Push struct{ ServerCode, ProjectCode string }

// Clone asks for everything from SeqNo on. Version 0 is the form without
// arguments.
type Clone struct {
	Version int
	SeqNo   int64
}

// CloneSeqNo is the next rid a clone must ask for, 0 at the end.
type CloneSeqNo struct{ SeqNo int64 }

// File carries an artifact, or with Source set a delta against it. Content
// aliases the message.
type File struct {
	UUID, Source string
	Content      []byte
	Private      bool
}

// CFile carries an artifact (or delta) as it is stored: compressed. Size is
// the full size of the artifact even for a delta. Framed aliases the message.
type CFile struct {
	UUID, Source string
	Size         int64
	Framed       []byte
	Private      bool
}

// Plain returns the expanded payload within budget, from a length-framed or
// a bare zlib stream.
func (c CFile) Plain(budget *Budget) ([]byte, error) { return budget.expand(c.Framed) }

// IGot says that the sender holds an artifact.
type IGot struct {
	UUID    string
	Private bool
}

// Gimme asks for an artifact.
type Gimme struct{ UUID string }

// Cookie is a text the server wants back next time.
type Cookie struct{ Text string }

// ReqConfig asks for a configuration area, such as "/project".
type ReqConfig struct{ Name string }

// Config carries rows of a configuration area; see ParseConfig. Content
// aliases the message.
type Config struct {
	Name    string
	Content []byte
}

// UVFile carries an unversioned file. Content aliases the message and is nil
// if Flags say so.
type UVFile struct {
	Name    string
	MTime   int64 // Unix seconds
	Hash    string
	Size    int64
	Flags   UVFlags
	Content []byte
}

// UVFlags tell what a UVFile card lacks.
type UVFlags uint32

// The flags of a uvfile card.
const (
	UVDeleted UVFlags = 1 // the file is deleted; its hash is "-"
	UVOmitted UVFlags = 4 // only the catalogue entry, no content
)

// UVGimme asks for an unversioned file.
type UVGimme struct{ Name string }

// UVIGot says that the sender holds an unversioned file. A deleted one has the
// hash "-".
type UVIGot struct {
	Name  string
	MTime int64 // Unix seconds
	Hash  string
	Size  int64
}

// Pragma is a hint; unknown ones are ignored by both ends.
type Pragma struct {
	Name string
	Args []string
}

// Message is a text for the user at the other end.
type Message struct{ Text string }

// Error is a text that ends the exchange.
type Error struct{ Text string }

// Unknown is a card this package does not know. The server answers it with an
// error.
type Unknown struct{ Line string }

func (Login) isCard()      {}
func (Pull) isCard()       {}
func (Push) isCard()       {}
func (Clone) isCard()      {}
func (CloneSeqNo) isCard() {}
func (File) isCard()       {}
func (CFile) isCard()      {}
func (IGot) isCard()       {}
func (Gimme) isCard()      {}
func (Cookie) isCard()     {}
func (ReqConfig) isCard()  {}
func (Config) isCard()     {}
func (UVFile) isCard()     {}
func (UVGimme) isCard()    {}
func (UVIGot) isCard()     {}
func (Pragma) isCard()     {}
func (Message) isCard()    {}
func (Error) isCard()      {}
func (Unknown) isCard()    {}

// ErrBudget says that a message expands to more than its budget.
var ErrBudget = errors.New("xfer: message expands to more than allowed")

// Budget is how many plain bytes one message may expand to, over all layers of
// compression. It is not safe for concurrent use.
type Budget struct{ left int64 }

// NewBudget returns a budget of n bytes.
func NewBudget(n int64) *Budget { return &Budget{left: n} }

// Left returns how many bytes may still be expanded.
func (b *Budget) Left() int64 { return b.left }

// Take spends n bytes, or returns ErrBudget.
func (b *Budget) Take(n int64) error {
	if n > b.left {
		return ErrBudget
	}
	b.left -= n
	return nil
}

// expand decompresses within the budget and spends it.
func (b *Budget) expand(compressed []byte) ([]byte, error) {
	plain, err := blob.DecompressAny(compressed, b.left)
	if errors.Is(err, blob.ErrTooLarge) {
		return nil, errors.Join(ErrBudget, err)
	}
	if err != nil {
		return nil, err
	}
	return plain, b.Take(int64(len(plain)))
}
