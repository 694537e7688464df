package serve

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// rights are what a peer may do.
type rights struct {
	clone, read, write, writeUV, private, admin bool
}

// grant adds the rights of capability letters.
func (r *rights) grant(caps string) {
	for _, c := range caps {
		switch c {
		case 'a', 's':
			r.clone, r.read, r.write, r.writeUV, r.private, r.admin = true, true, true, true, true, true
		case 'g':
			r.clone = true
		case 'i':
			r.read, r.write = true, true
		case 'o':
			r.read = true
		case 'x':
			r.private = true
		case 'y':
			r.writeUV = true
		}
	}
}

// grantUser adds the rights of an account. The letters u and v stand for those
// of the accounts "reader" and "developer".
func (r *rights) grantUser(v store.View, login string) error {
	caps, err := v.Text("SELECT cap FROM user WHERE login=?", login)
	if err != nil {
		return err
	}
	r.grant(caps)
	for letter, account := range map[string]string{"u": "reader", "v": "developer"} {
		if strings.Contains(caps, letter) {
			more, err := v.Text("SELECT cap FROM user WHERE login=?", account)
			if err != nil {
				return err
			}
			r.grant(more)
		}
	}
	return nil
}

const errLogin = refusal("login failed")

// login checks a login card and adds the account's rights. The signature
// proves the password for the given nonce. That the nonce is the hash of the
// rest of the message is only asked for in strict mode: there are clients that
// hash something they do not send.
//
// An account expires at cexpire. Together with a cookie that column is about
// the cookie of the web interface, and says nothing here.
func (q *session) login(v store.View, card xfer.Login) error {
	switch card.User {
	case "nobody", "anonymous", "developer", "reader":
		return errLogin
	}
	var pw string
	found, err := v.Query(`SELECT coalesce(pw,'') FROM user WHERE login=?
		AND (cexpire IS NULL OR cexpire=0 OR cexpire>julianday('now') OR cookie IS NULL)`, card.User).Scan(&pw)
	if err != nil {
		return err
	}
	if !found || pw == "" || !q.signed(card, pw) {
		return errLogin
	}
	q.user, q.nonce = card.User, card.Nonce
	for _, login := range []string{"anonymous", card.User} {
		if err := q.rights.grantUser(v, login); err != nil {
			return err
		}
	}
	return nil
}

// signed verifies the signature, against the stored hash of the password or,
// where an administrator wrote the password itself, its hash.
func (q *session) signed(card xfer.Login, pw string) bool {
	if q.server.StrictLogin && card.Nonce != sha1Hex(card.Tail) {
		return false
	}
	ok := sameText(card.Signature, sha1Hex([]byte(card.Nonce+pw)))
	if len(pw) != 2*sha1.Size {
		hashed := Password(q.server.ProjectCode, card.User, pw)
		ok = ok || sameText(card.Signature, sha1Hex([]byte(card.Nonce+hashed)))
	}
	return ok
}

// Password returns what the user table holds for a password.
func Password(projectCode, login, password string) string {
	return sha1Hex([]byte(projectCode + "/" + login + "/" + password))
}

func sha1Hex(b []byte) string {
	sum := sha1.Sum(b)
	return hex.EncodeToString(sum[:])
}

func sameText(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
