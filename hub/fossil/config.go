package fossil

import (
	"context"
	"time"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
)

// Config returns a setting of the repository, "" if it is not set.
func (r *Repo) Config(ctx context.Context, key string) (value string, err error) {
	err = r.read(ctx, "config "+key, func(v store.View) error {
		value, err = v.Text("SELECT value FROM config WHERE name=?", key)
		return err
	})
	return value, err
}

// SetConfig stores a setting; an empty value removes it.
func (r *Repo) SetConfig(ctx context.Context, key, value string) error {
	return r.write(ctx, "set config "+key, func(c *sqlite.Conn) error {
		if value == "" {
			return c.Exec("DELETE FROM config WHERE name=?", key)
		}
		return c.Exec("REPLACE INTO config(name,value,mtime) VALUES(?,?,?)", key, value, time.Now().Unix())
	})
}
