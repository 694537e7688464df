package store

import (
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/blob"
)

// Origin says where the artifacts of a transaction come from.
type Origin struct {
	User  string // login, "" for nobody in particular
	Nonce string // of the login card, "" if there was none
	Addr  string // of the peer, "" for this program
	Time  time.Time
}

// receive makes sure that the transaction has its row of rcvfrom, and follows the
// automatic hash policy: the first SHA3 name turns SHA1 off for new content.
func (t *Tx) receive(uuid string) error {
	if len(uuid) == blob.SHA3Len && !t.seen3 {
		t.seen3 = true
		if err := t.Exec("UPDATE config SET value='2' WHERE name='hash-policy' AND value='1'"); err != nil {
			return err
		}
	}
	_, err := t.Received()
	return err
}

// Received returns the transaction's row of rcvfrom, making it if need be.
func (t *Tx) Received() (int64, error) {
	if t.rcvid != 0 {
		return t.rcvid, nil
	}
	err := t.Exec(`INSERT INTO rcvfrom(uid,mtime,nonce,ipaddr) VALUES(
			coalesce((SELECT uid FROM user WHERE login=?1),0), ?2,
			(SELECT nullif(?3,'') WHERE NOT EXISTS(SELECT 1 FROM rcvfrom WHERE nonce=?3)), nullif(?4,''))`,
		t.origin.User, artifact.Julian(t.origin.Time), t.origin.Nonce, t.origin.Addr)
	if err == nil {
		t.rcvid = t.LastID()
	}
	return t.rcvid, err
}

// Now returns the time of the transaction's origin.
func (t *Tx) Now() time.Time { return t.origin.Time }

// Name returns the name of new content under the project's hash policy.
func (v View) Name(content []byte) (string, error) {
	hash, err := v.Hash()
	if err != nil {
		return "", err
	}
	return hash(content), nil
}

// Hash returns the function that names new content.
func (v View) Hash() (func([]byte) string, error) {
	policy, err := v.Int64("SELECT value FROM config WHERE name='hash-policy'")
	if policy >= 2 {
		return blob.SHA3, err
	}
	return blob.SHA1, err
}
