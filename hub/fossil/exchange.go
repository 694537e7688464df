package fossil

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"bones-tui/hub/fossil/internal/blob"
	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/xfer"
)

// Errors of talking to a server.
var (
	ErrProtocol = errors.New("server does not follow the sync protocol")
	ErrRefused  = errors.New("server refused")
)

// RemoteError is what a server says in an error card. It matches ErrRefused.
type RemoteError struct{ Text string }

// Error implements error.
func (e *RemoteError) Error() string { return "fossil: server says: " + e.Text }

// Is reports true for ErrRefused.
func (e *RemoteError) Is(target error) bool { return target == ErrRefused }

// Login is an account on the server. The zero value is nobody; the empty
// password is a password.
type Login struct{ User, Password string }

// SyncStats say what an exchange took.
type SyncStats struct {
	Rounds   int // messages sent
	Received int // artifacts that came, in full or as deltas
	Sent     int // artifacts sent
}

// exchange is one conversation with a server.
type exchange struct {
	transport Transport
	login     Login
	project   string // project code, "" while it is not known
	stats     SyncStats
}

// maxExpanded bounds what one reply may expand to.
const maxExpanded = 2 << 30

// reply is the answer to one message.
type reply struct {
	cards  []xfer.Card
	budget *xfer.Budget
}

// send carries one message and reads the reply. An error card comes back as a
// *RemoteError beside the reply.
func (e *exchange) send(ctx context.Context, cards *xfer.Writer) (reply, error) {
	e.stats.Rounds++
	body, err := e.transport.RoundTrip(ctx, xfer.Encode(e.sign(cards), xfer.Compressed))
	if err != nil {
		return reply{}, err
	}
	r := reply{budget: xfer.NewBudget(maxExpanded)}
	plain, err := xfer.Decode(body, xfer.Compressed, r.budget)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return r, r.read(plain)
}

// sign ends the message with something never sent before and, once the project
// is known, puts the login in front.
func (e *exchange) sign(cards *xfer.Writer) []byte {
	var random [20]byte
	_, _ = rand.Read(random[:]) // never fails
	cards.Comment(hex.EncodeToString(random[:]))
	if e.login.User == "" || e.project == "" {
		return cards.Bytes()
	}
	var head xfer.Writer
	nonce := blob.SHA1(cards.Bytes())
	secret := serve.Password(e.project, e.login.User, e.login.Password)
	head.Login(e.login.User, nonce, blob.SHA1([]byte(nonce+secret)))
	return append(head.Bytes(), cards.Bytes()...)
}

// read splits the reply into cards.
func (r *reply) read(plain []byte) error {
	reader := xfer.NewReader(plain)
	var refused error
	for {
		card, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return refused
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		switch c := card.(type) {
		case xfer.Error:
			if refused == nil {
				refused = &RemoteError{c.Text}
			}
		case xfer.Unknown:
			return fmt.Errorf("%w: unknown card %q", ErrProtocol, c.Line)
		}
		r.cards = append(r.cards, card)
	}
}
