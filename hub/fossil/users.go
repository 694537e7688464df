package fossil

import (
	"context"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/serve"
	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// User is an account. Caps are Fossil's capability letters, e.g. "oih".
type User struct {
	Login string
	Caps  string
	Info  string
}

// CreateUser adds an account with a password; the empty one is a password too,
// and agents use it. An account of that login must not exist.
func (r *Repo) CreateUser(ctx context.Context, u User, password string) error {
	if u.Login == "" {
		return fmt.Errorf("fossil: create user: no login")
	}
	return r.write(ctx, "create user "+u.Login, func(c *sqlite.Conn) error {
		return c.Exec("INSERT INTO user(login,pw,cap,info,mtime) VALUES(?,?,?,?,?)",
			u.Login, serve.Password(r.code, u.Login, password), u.Caps, u.Info, time.Now().Unix())
	})
}

// GetUser returns an account, or ErrNotFound.
func (r *Repo) GetUser(ctx context.Context, login string) (u User, err error) {
	err = r.read(ctx, "user "+login, func(v store.View) error {
		found, err := v.Query("SELECT login, coalesce(cap,''), coalesce(info,'') FROM user WHERE login=?", login).
			Scan(&u.Login, &u.Caps, &u.Info)
		if err == nil && !found {
			err = ErrNotFound
		}
		return err
	})
	return u, err
}
