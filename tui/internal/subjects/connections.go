package subjects

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"bones-tui/hub/inspect"
	"bones-tui/tui/internal/cells"
	"bones-tui/tui/internal/details"
)

// natsTabs are the two lists of the NATS pane.
var natsTabs = [...]string{"CONNECTIONS", "STREAMS AND BUCKETS"}

// Connections lists the clients of the NATS server.
type Connections struct {
	before map[uint64]int64 // messages of each client, a while ago
	at     time.Time
}

// Title implements details.Subject.
func (*Connections) Title() string { return natsTabs[0] }

// Tabs implements details.Tabbed.
func (*Connections) Tabs() ([]string, int) { return natsTabs[:], 0 }

// Sibling implements details.Tabbed.
func (*Connections) Sibling() details.Subject { return &stores{} }

func connectionColumns() []cells.Column {
	return []cells.Column{
		{Title: "NAME"},
		{Title: "ADDRESS", Width: 21, From: 80},
		{Title: "UP", Width: 4, Right: true},
		{Title: "IDLE", Width: 4, Right: true},
		{Title: "SUBS", Width: 5, Right: true, From: 60},
		{Title: "PENDING", Width: 7, Right: true},
		{Title: "MSG/S", Width: 6, Right: true, From: 110},
		{Title: "IN", Width: 5, Right: true, From: 100},
		{Title: "OUT", Width: 5, Right: true, From: 100},
		{Title: "RTT", Width: 6, Right: true, From: 130},
		{Title: "CLIENT", Width: 14, From: 150},
	}
}

// Load implements details.Subject.
func (s *Connections) Load(ctx context.Context, in details.Inspector, q details.Query) (details.Content, error) {
	list, total, err := in.Connections(ctx)
	if err != nil {
		return details.Content{}, err
	}
	took := q.Now.Sub(s.at).Seconds()
	seen := make(map[uint64]int64, len(list))
	c := details.Content{Columns: connectionColumns(), Note: part(int64(len(list)), int64(total))}
	for i := range list {
		x := &list[i]
		seen[x.ID] = x.InMsgs + x.OutMsgs
		rate := cells.TextCell(cells.Ellipsis)
		if n, ok := s.before[x.ID]; ok && took > 0 {
			rate = cells.TextCell(cells.PerSecond(float64(seen[x.ID]-n) / took)).Of(float64(seen[x.ID]-n) / took)
		}
		name := x.Name
		if name == "" {
			name = "(no name)"
		}
		c.Rows = append(c.Rows, details.Row{
			Key: strconv.FormatUint(x.ID, 10), Open: connection(x.ID), Copy: name,
			Cells: []cells.Cell{
				cells.TextCell(name), cells.TextCell(address(x)), cells.AgeCell(x.Start), cells.AgeCell(x.LastActivity), cells.CountCell(int64(x.Subscriptions)),
				pendingCell(x.Pending), rate, cells.SizeCell(x.InBytes), cells.SizeCell(x.OutBytes), rttCell(x), cells.TextCell(x.Lang + " " + x.Version),
			},
		})
	}
	s.before, s.at = seen, q.Now
	c.Rows = details.None(c.Rows, "no client is connected")
	return c, nil
}

// part says that a list is only a part.
func part(n, total int64) string {
	if n >= total {
		return ""
	}
	return fmt.Sprintf("first %s of %s", cells.Count(n), cells.Count(total))
}

func address(c *inspect.Connection) string {
	if c.IP == "" || c.IP == "pipe" {
		return "in the hub's process"
	}
	return net.JoinHostPort(c.IP, strconv.Itoa(c.Port))
}

func pendingCell(n int) cells.Cell {
	if n == 0 {
		return cells.InkCell(cells.InkDim, "0").Of(0)
	}
	return cells.InkCell(cells.InkWarn, cells.Size(float64(n))).Of(float64(n))
}

func rttCell(c *inspect.Connection) cells.Cell {
	if c.RTT <= 0 {
		return cells.InkCell(cells.InkDim, cells.Unknown)
	}
	return cells.TextCell(cells.Brief(time.Duration(c.RTT))).Of(float64(c.RTT))
}

// connection is one client, by its number.
type connection uint64

// Title implements details.Subject.
func (s connection) Title() string { return fmt.Sprintf("CONNECTION %d", uint64(s)) }

// Load implements details.Subject.
func (s connection) Load(ctx context.Context, in details.Inspector, _ details.Query) (details.Content, error) {
	x, err := in.Connection(ctx, uint64(s))
	if err != nil {
		return details.Content{}, err
	}
	rows := details.Labelled(nil, cells.InkBold, "name", x.Name)
	rows = details.Labelled(rows, cells.InkPlain, "address", address(&x))
	rows = details.Labelled(rows, cells.InkPlain, "user", x.User)
	rows = details.Labelled(rows, cells.InkPlain, "client", x.Lang+" "+x.Version)
	rows = details.Timed(rows, "connected", x.Start)
	rows = details.Timed(rows, "last active", x.LastActivity)
	rows = details.Labelled(rows, cells.InkPlain, "round trip", rttCell(&x).Text.String())
	rows = details.Labelled(rows, cells.InkPlain, "came in", traffic(x.InMsgs, x.InBytes))
	rows = details.Labelled(rows, cells.InkPlain, "went out", traffic(x.OutMsgs, x.OutBytes))
	pending := cells.InkPlain
	if x.Pending > 0 {
		pending = cells.InkWarn
	}
	rows = details.Labelled(rows, pending, "pending", cells.Size(float64(x.Pending))+" that it has not read yet")
	if x.Stalls > 0 {
		rows = details.Labelled(rows, cells.InkWarn, "stalls", cells.Count(x.Stalls)+" times others had to wait for it")
	}
	rows = details.Section(rows, cells.Plural(int64(x.Subscriptions), "subscription", "subscriptions"))
	for _, subject := range x.Subjects {
		rows = append(rows, details.Row{Text: cells.Clean(subject)})
	}
	return details.Content{Rows: rows, Copy: x.Name}, nil
}

func traffic(messages, bytes int64) string {
	return cells.Plural(messages, "message", "messages") + ", " + cells.Size(float64(bytes))
}

// timed adds a time and its age, unless there is none.
