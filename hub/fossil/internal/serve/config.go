package serve

import (
	"fmt"
	"slices"
	"strings"

	"bones-tui/hub/fossil/internal/sqlite"
	"bones-tui/hub/fossil/internal/store"
	"bones-tui/hub/fossil/internal/xfer"
)

// area is a table whose rows travel in config cards.
type area struct {
	name    string // of the cards
	table   string
	key     string
	columns []string
	admin   bool // only administrators may read it
}

// areas returns what can be exchanged.
func areas() []area {
	return []area{
		{name: "/config", table: "config", key: "name", columns: []string{"value"}},
		{name: "/shun", table: "shun", key: "uuid", columns: []string{"scom"}},
		{name: "/reportfmt", table: "reportfmt", key: "title", columns: []string{"owner", "cols", "sqlcode"}},
		{name: "/user", table: "user", key: "login", columns: []string{"pw", "cap", "info"}, admin: true},
		{name: "/concealed", table: "concealed", key: "hash", columns: []string{"content"}, admin: true},
	}
}

// settings returns the names in config that belong to an area a client may ask
// for; all other settings stay in this file.
func settings(request string) []string {
	project := []string{
		"project-name", "project-description", "short-project-name", "index-page", "manifest",
		"binary-glob", "clean-glob", "ignore-glob", "keep-glob", "crlf-glob", "crnl-glob", "encoding-glob",
		"empty-dirs", "dotfiles", "parent-project-code", "parent-project-name", "main-branch", "hash-digits",
		"mimetypes", "allow-symlinks",
	}
	skin := []string{"css", "header", "mainmenu", "footer", "details", "js", "default-skin", "logo-image", "logo-mimetype"}
	ticket := []string{
		"ticket-table", "ticket-common", "ticket-change", "ticket-newpage", "ticket-viewpage", "ticket-editpage",
		"ticket-reportlist", "ticket-report-template", "ticket-key-template", "ticket-title-expr", "ticket-closed-expr",
	}
	switch request {
	case "/project":
		return project
	case "/skin":
		return skin
	case "/ticket":
		return ticket
	case "/all":
		return slices.Concat(project, skin, ticket)
	}
	return nil
}

// tables returns the areas, other than settings, that a request covers.
func (a area) covered(request string) bool {
	switch request {
	case "/all":
		return true
	case "/ticket":
		return a.name == "/reportfmt"
	default:
		return a.name == request
	}
}

// answerConfig sends the configuration asked for. Unknown areas get nothing.
func (q *session) answerConfig(v store.View) error {
	if !q.rights.read {
		return nil
	}
	for _, card := range q.cards {
		c, ok := card.(xfer.ReqConfig)
		if !ok {
			continue
		}
		for _, a := range areas() {
			if err := q.sendArea(v, a, c.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *session) sendArea(v store.View, a area, request string) error {
	if a.admin && !q.rights.admin {
		return nil
	}
	wanted := settings(request)
	if a.name != "/config" && !a.covered(request) {
		return nil
	}
	sql := fmt.Sprintf("SELECT coalesce(mtime,0), %s, %s FROM %s", a.key, strings.Join(a.columns, ", "), a.table)
	return v.Query(sql).Each(func(r sqlite.Row) error {
		row := xfer.ConfigRow{MTime: r.Int64(0), Name: r.Text(1)}
		if a.name == "/config" && !slices.Contains(wanted, row.Name) {
			return nil
		}
		for i, column := range a.columns {
			row.Pairs = append(row.Pairs, xfer.ConfigPair{Column: column, Value: r.Text(2 + i)})
		}
		q.out.Config(a.name, xfer.AppendConfig(nil, row))
		return nil
	})
}

// receiveConfig stores a row that an administrator pushed, if it is newer.
func receiveConfig(c *sqlite.Conn, card xfer.Config) error {
	i := slices.IndexFunc(areas(), func(a area) bool { return a.name == card.Name })
	if i < 0 {
		return nil
	}
	a := areas()[i]
	row, err := xfer.ParseConfig(card.Content)
	if err != nil {
		return err
	}
	if a.name == "/config" && !slices.Contains(settings("/all"), row.Name) {
		return nil
	}
	newer, err := c.Exists(fmt.Sprintf("SELECT 1 FROM %s WHERE %s=? AND mtime>=?", a.table, a.key), row.Name, row.MTime)
	if err != nil || newer {
		return err
	}
	names, args := []string{a.key, "mtime"}, []any{row.Name, row.MTime}
	update := []string{"mtime=excluded.mtime"}
	for _, column := range a.columns {
		if value, ok := row.Value(column); ok {
			names, args = append(names, column), append(args, value)
			update = append(update, column+"=excluded."+column)
		}
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(names)), ",")
	return c.Exec(fmt.Sprintf("INSERT INTO %s(%s) VALUES(%s) ON CONFLICT(%s) DO UPDATE SET %s",
		a.table, strings.Join(names, ","), marks, a.key, strings.Join(update, ",")), args...)
}
