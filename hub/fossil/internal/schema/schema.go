// Package schema makes the tables and first rows of a repository file, and
// tells such a file from another database.
package schema

import (
	_ "embed"
	"errors"
	"fmt"
	"time"

	"bones-tui/hub/fossil/internal/artifact"
	"bones-tui/hub/fossil/internal/sqlite"
)

//go:embed schema.sql
var tables string

// unversioned makes the table of unversioned files, unless it is there.
//
//go:embed unversioned.sql
var unversioned string

// ErrSchema says that a database is not a repository we can use.
var ErrSchema = errors.New("schema: not a fossil repository")

// ApplicationID marks the file as a Fossil repository.
const ApplicationID = 252006673

// Versions of the schema. Fossil refuses a file whose auxVersion it does not
// know.
const (
	contentVersion = "2"
	auxVersion     = "2015-01-24"
	oldestAux      = "2011-04-25 19:50"
)

// Tag ids that every repository shares.
const (
	TagBgcolor = 1
	TagComment = 2
	TagUser    = 3
	TagDate    = 4
	TagPrivate = 6
	TagCluster = 7
	TagBranch  = 8
	TagClosed  = 9
)

// Params are what differs between new repositories.
type Params struct {
	ProjectCode string // 40 hex digits
	ProjectName string
	Admin       string // login of the first user
	Program     string // who made the file
	Now         time.Time
}

// Create makes the tables and rows of an empty repository.
func Create(c *sqlite.Conn, p Params) error {
	if err := c.Script(fmt.Sprintf("PRAGMA application_id=%d;%s", ApplicationID, tables+unversioned)); err != nil {
		return err
	}
	for _, row := range configRows(p) {
		if err := c.Exec("INSERT INTO config(name,value,mtime) VALUES(?,?,?)", row[0], row[1], p.Now.Unix()); err != nil {
			return err
		}
	}
	for _, row := range userRows(p) {
		err := c.Exec("INSERT INTO user(login,pw,cap,info,mtime) VALUES(?,?,?,?,?)", row[0], row[1], row[2], row[3], p.Now.Unix())
		if err != nil {
			return err
		}
	}
	return c.Exec("INSERT INTO rcvfrom(rcvid,uid,mtime) VALUES(1,1,?)", artifact.Julian(p.Now))
}

// MakeUnversioned makes the table of unversioned files, which a repository of Fossil has only
// once it was needed.
func MakeUnversioned(c *sqlite.Conn) error { return c.Exec(unversioned) }

// HasUnversioned reports whether that table is there.
func HasUnversioned(c *sqlite.Conn) (bool, error) {
	return c.Exists("SELECT 1 FROM sqlite_schema WHERE type='table' AND name='unversioned'")
}

// configRows returns the settings of a new repository. The server code equals
// the project code, so that clients which swap the two on the wire still get
// both right. hash-policy is there so that programs which only read the file
// need not write it.
func configRows(p Params) [][2]string {
	return [][2]string{
		{"project-code", p.ProjectCode},
		{"server-code", p.ProjectCode},
		{"project-name", p.ProjectName},
		{"content-schema", contentVersion},
		{"aux-schema", auxVersion},
		{"hash-policy", "1"},
		{"rebuilt", p.Program},
		{"autosync", "1"},
		{"localauth", "0"},
		{"timeline-plaintext", "1"},
	}
}

// userRows returns login, password, capabilities and description. An account
// with an empty password cannot log in. "nobody" may clone, read and write,
// because agents' clones are anonymous.
func userRows(p Params) [][4]string {
	return [][4]string{
		{p.Admin, "", "s", ""},
		{"anonymous", "", "hmnc", "Anon"},
		{"nobody", "", "gio", "Nobody"},
		{"developer", "", "ei", "Dev"},
		{"reader", "", "kptw", "Reader"},
	}
}

// Check returns nil if the database is a repository whose version we know;
// other errors than a failing database match ErrSchema.
func Check(c *sqlite.Conn) error {
	n, err := c.Int64(`SELECT count(*) FROM sqlite_schema WHERE type='table'
		AND name IN ('blob','delta','rcvfrom','user','config','mlink','plink')`)
	if err != nil {
		return err
	}
	if n != 7 {
		return fmt.Errorf("%w: tables are missing", ErrSchema)
	}
	aux, err := c.Text("SELECT value FROM config WHERE name='aux-schema'")
	if err != nil {
		return err
	}
	if aux < oldestAux || aux > auxVersion {
		return fmt.Errorf("%w: unknown schema version %q", ErrSchema, aux)
	}
	return errors.Join(refuse(c, selectForeign), CheckPlain(c))
}

// CheckPlain returns nil if reading a table runs nothing that whoever wrote the database has
// chosen: no column is computed, no index is of an expression, no table is a module's. Else
// the error matches ErrSchema. It holds for check-outs too.
func CheckPlain(c *sqlite.Conn) error { return refuse(c, selectComputed) }

func refuse(c *sqlite.Conn, foreign string) error {
	name, err := c.Text(foreign)
	if err == nil && name != "" {
		return fmt.Errorf("%w: it has the %q, which Fossil does not make", ErrSchema, name)
	}
	return err
}

// selectForeign names a part of the schema that would run a stranger's statements in the
// programs that use the file. Fossil keeps its triggers in temporary schemas, and makes two
// views: artifact, and ftscontent for its search.
const selectForeign = `SELECT type || ' ' || name FROM sqlite_schema
	WHERE type='trigger' OR type='view' AND name NOT IN ('artifact','ftscontent') LIMIT 1`

// selectComputed names a part of the schema that is computed when it is read. Of Fossil's own
// there are the tables of its search, which nothing here reads.
const selectComputed = `SELECT 'virtual table ' || name FROM sqlite_schema
	WHERE type='table' AND coalesce(rootpage,0)=0 AND name NOT LIKE 'fts%'
UNION ALL SELECT 'generated column ' || s.name || '.' || x.name FROM sqlite_schema s, pragma_table_xinfo(s.name) x
	WHERE s.type='table' AND s.rootpage>0 AND x.hidden<>0
UNION ALL SELECT 'index ' || i.name FROM sqlite_schema s, pragma_index_list(s.name) i
	WHERE s.type='table' AND s.rootpage>0 AND s.name NOT LIKE 'fts%'
	AND (i.partial OR EXISTS (SELECT 1 FROM pragma_index_xinfo(i.name) WHERE cid=-2))
LIMIT 1`
