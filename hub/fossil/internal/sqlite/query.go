package sqlite

import (
	"fmt"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// Query is a statement with its arguments, not yet run. Arguments are int64,
// int, bool, float64, string, []byte or nil.
type Query struct {
	c    *Conn
	sql  string
	args []any
}

// Row is the current row of a running query; columns count from 0.
type Row struct {
	stmt *sqlite3.Stmt
	c    *Conn
}

// Query prepares to run sql with args.
func (c *Conn) Query(sql string, args ...any) Query { return Query{c, sql, args} }

// Exec runs a statement that returns no rows.
func (c *Conn) Exec(sql string, args ...any) error {
	return c.Query(sql, args...).Each(func(Row) error { return nil })
}

// Script runs several statements without arguments.
func (c *Conn) Script(sql string) error {
	if err := c.raw.Exec(sql); err != nil {
		return c.wrap(c.ctx, "script", err)
	}
	return nil
}

// Changes returns how many rows the last statement changed.
func (c *Conn) Changes() int64 { return c.raw.Changes() }

// LastID returns the row id of the last insert.
func (c *Conn) LastID() int64 { return c.raw.LastInsertRowID() }

// Int64 returns the first column of the first row, 0 if there is no row.
func (c *Conn) Int64(sql string, args ...any) (n int64, err error) {
	_, err = c.Query(sql, args...).Scan(&n)
	return n, err
}

// Text returns the first column of the first row, "" if there is no row.
func (c *Conn) Text(sql string, args ...any) (s string, err error) {
	_, err = c.Query(sql, args...).Scan(&s)
	return s, err
}

// Exists reports whether the query has a row.
func (c *Conn) Exists(sql string, args ...any) (bool, error) {
	return c.Query(sql, args...).Scan()
}

// Each calls fn for every row until it returns an error, and returns that.
// Other queries, even the same one, may run inside fn.
func (q Query) Each(fn func(Row) error) (err error) {
	stmt, err := q.start()
	if err != nil {
		return err
	}
	defer func() {
		resetErr := stmt.Reset()
		if err == nil && resetErr != nil {
			err = q.c.wrap(q.c.ctx, q.sql, resetErr)
		}
		q.c.idle[q.sql] = append(q.c.idle[q.sql], stmt)
	}()
	for stmt.Step() {
		if err := fn(Row{stmt, q.c}); err != nil {
			return err
		}
	}
	if err := stmt.Err(); err != nil {
		return q.c.wrap(q.c.ctx, q.sql, err)
	}
	return nil
}

// Scan stores the columns of the first row in dest, which are pointers to
// int64, bool, float64, string or []byte; NULL is their zero. It reports
// whether there was a row.
func (q Query) Scan(dest ...any) (found bool, err error) {
	return q.First(func(r Row) { r.Scan(dest...) })
}

// First calls fn for the first row and reports whether there was one.
func (q Query) First(fn func(Row)) (found bool, err error) {
	err = q.Each(func(r Row) error {
		found = true
		fn(r)
		return errStop
	})
	if err == errStop { //nolint:errorlint // never wrapped
		err = nil
	}
	return found, err
}

// start takes or prepares a statement and binds the arguments.
func (q Query) start() (*sqlite3.Stmt, error) {
	stmt, err := q.prepare()
	if err != nil {
		return nil, err
	}
	for i, arg := range q.args {
		if b, ok := arg.([]byte); ok {
			q.c.carried(len(b))
		}
		if err := bind(stmt, i+1, arg); err != nil {
			_ = stmt.Close()
			return nil, q.c.wrap(q.c.ctx, q.sql, err)
		}
	}
	return stmt, nil
}

func (q Query) prepare() (*sqlite3.Stmt, error) {
	if idle := q.c.idle[q.sql]; len(idle) > 0 {
		q.c.idle[q.sql] = idle[:len(idle)-1]
		return idle[len(idle)-1], nil
	}
	stmt, tail, err := q.c.raw.PrepareFlags(q.sql, sqlite3.PREPARE_PERSISTENT)
	if err != nil {
		return nil, q.c.wrap(q.c.ctx, q.sql, err)
	}
	if stmt == nil || strings.TrimSpace(tail) != "" {
		return nil, fmt.Errorf("sqlite: not one statement: %s", q.sql)
	}
	return stmt, nil
}

func bind(stmt *sqlite3.Stmt, i int, arg any) error {
	switch v := arg.(type) {
	case nil:
		return stmt.BindNull(i)
	case int64:
		return stmt.BindInt64(i, v)
	case int:
		return stmt.BindInt64(i, int64(v))
	case bool:
		return stmt.BindBool(i, v)
	case float64:
		return stmt.BindFloat(i, v)
	case string:
		return stmt.BindText(i, v)
	case []byte:
		return stmt.BindBlob(i, v)
	default:
		return fmt.Errorf("sqlite: cannot bind %T", arg)
	}
}

// Scan stores the columns in dest; see Query.Scan.
func (r Row) Scan(dest ...any) {
	for i, d := range dest {
		switch p := d.(type) {
		case *int64:
			*p = r.stmt.ColumnInt64(i)
		case *bool:
			*p = r.stmt.ColumnBool(i)
		case *float64:
			*p = r.stmt.ColumnFloat(i)
		case *string:
			*p = r.stmt.ColumnText(i)
		case *[]byte:
			*p = r.stmt.ColumnBlob(i, nil)
			r.c.carried(len(*p))
		default:
			panic(fmt.Sprintf("sqlite: cannot scan into %T", d))
		}
	}
}

// Int64 returns a column, 0 for NULL.
func (r Row) Int64(col int) int64 { return r.stmt.ColumnInt64(col) }

// Text returns a column, "" for NULL.
func (r Row) Text(col int) string { return r.stmt.ColumnText(col) }

// Blob returns a column without copying it; it is valid until the next row.
func (r Row) Blob(col int) []byte {
	b := r.stmt.ColumnRawBlob(col)
	r.c.carried(len(b))
	return b
}
