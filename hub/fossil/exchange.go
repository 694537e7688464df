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

// reply is the cards of the answer to one message.
type reply []xfer.Card

// send carries one message and reads the reply. An error card comes back as a
// *RemoteError beside the reply.
func (e *exchange) send(ctx context.Context, cards *xfer.Writer) (reply, error) {
	e.stats.Rounds++
	body, err := e.transport.RoundTrip(ctx, xfer.Encode(e.sign(cards), xfer.Compressed))
	if err != nil {
		return nil, err
	}
	plain, err := xfer.Decode(body, xfer.Compressed, xfer.NewBudget(maxReply))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return readReply(plain)
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

// readReply splits a reply into cards.
func readReply(plain []byte) (cards reply, err error) {
	reader := xfer.NewReader(plain)
	for {
		card, next := reader.Next()
		if errors.Is(next, io.EOF) {
			return cards, err
		}
		if next != nil {
			return cards, fmt.Errorf("%w: %w", ErrProtocol, next)
		}
		switch c := card.(type) {
		case xfer.Error:
			if err == nil {
				err = &RemoteError{c.Text}
			}
		case xfer.Unknown:
			return cards, fmt.Errorf("%w: unknown card %q", ErrProtocol, c.Line)
		}
		cards = append(cards, card)
	}
}
