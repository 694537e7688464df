package fossil

import (
	"context"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// ListUsers returns all accounts, by login.
func (r *Repo) ListUsers(ctx context.Context) (list []User, err error) {
	err = r.read(ctx, "users", func(v store.View) error {
		return v.Query("SELECT login, coalesce(cap,''), coalesce(info,'') FROM user ORDER BY login").Each(func(row sqlite.Row) error {
			list = append(list, User{Login: row.Text(0), Caps: row.Text(1), Info: row.Text(2)})
			return nil
		})
	})
	return list, err
}

// SetCaps replaces the capabilities of an account.
func (r *Repo) SetCaps(ctx context.Context, login, caps string) error {
	return r.changeUser(ctx, "UPDATE user SET cap=?2, mtime=?3 WHERE login=?1", login, caps, time.Now().Unix())
}

// DeleteUser removes an account.
func (r *Repo) DeleteUser(ctx context.Context, login string) error {
	return r.changeUser(ctx, "DELETE FROM user WHERE login=?1", login)
}

// changeUser runs a statement about one account, or returns ErrNotFound.
func (r *Repo) changeUser(ctx context.Context, sql string, args ...any) error {
	return r.write(ctx, fmt.Sprintf("user %v", args[0]), func(c *sqlite.Conn) error {
		if err := c.Exec(sql, args...); err != nil {
			return err
		}
		if c.Changes() == 0 {
			return ErrNotFound
		}
		return nil
	})
}

// WithBusyLimit says how long a write waits for another program that holds the file, 30
// seconds if unset.
func WithBusyLimit(d time.Duration) Option { return func(s *settings) { s.busyLimit = d } }
