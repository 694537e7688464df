package tui

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"bones-tui/hub"
)

// natsTabs are the two lists of the NATS pane.
var natsTabs = [...]string{"CONNECTIONS", "STREAMS AND BUCKETS"}

// connections lists the clients of the NATS server.
type connections struct {
	before map[uint64]int64 // messages of each client, a while ago
	at     time.Time
}

func (*connections) title() string         { return natsTabs[0] }
func (*connections) tabs() ([]string, int) { return natsTabs[:], 0 }
func (*connections) sibling() subject      { return &stores{} }

func connectionColumns() []tableColumn {
	return []tableColumn{
		{title: "NAME"},
		{title: "ADDRESS", width: 21, from: 80},
		{title: "UP", width: 4, right: true},
		{title: "IDLE", width: 4, right: true},
		{title: "SUBS", width: 5, right: true, from: 60},
		{title: "PENDING", width: 7, right: true},
		{title: "MSG/S", width: 6, right: true, from: 110},
		{title: "IN", width: 5, right: true, from: 100},
		{title: "OUT", width: 5, right: true, from: 100},
		{title: "RTT", width: 6, right: true, from: 130},
		{title: "CLIENT", width: 14, from: 150},
	}
}

func (s *connections) load(ctx context.Context, in Inspector, q query) (content, error) {
	list, total, err := in.Connections(ctx)
	if err != nil {
		return content{}, err
	}
	took := q.now.Sub(s.at).Seconds()
	seen := make(map[uint64]int64, len(list))
	c := content{columns: connectionColumns(), note: part(int64(len(list)), int64(total))}
	for i := range list {
		x := &list[i]
		seen[x.ID] = x.InMsgs + x.OutMsgs
		rate := textCell(ellipsis)
		if n, ok := s.before[x.ID]; ok && took > 0 {
			rate = textCell(perSecond(float64(seen[x.ID]-n) / took)).of(float64(seen[x.ID]-n) / took)
		}
		name := x.Name
		if name == "" {
			name = "(no name)"
		}
		c.rows = append(c.rows, detailRow{
			key: strconv.FormatUint(x.ID, 10), open: connection(x.ID), copy: name,
			cells: []cell{
				textCell(name), textCell(address(x)), ageCell(x.Start), ageCell(x.LastActivity), countCell(int64(x.Subscriptions)),
				pendingCell(x.Pending), rate, sizeCell(x.InBytes), sizeCell(x.OutBytes), rttCell(x), textCell(x.Lang + " " + x.Version),
			},
		})
	}
	s.before, s.at = seen, q.now
	c.rows = none(c.rows, "no client is connected")
	return c, nil
}

// none says in words that there are no rows.
func none(rows []detailRow, text string) []detailRow {
	if len(rows) > 0 {
		return rows
	}
	return []detailRow{{ink: inkDim, text: clean(text)}}
}

// part says that a list is only a part.
func part(n, total int64) string {
	if n >= total {
		return ""
	}
	return fmt.Sprintf("first %s of %s", count(n), count(total))
}

func address(c *hub.Connection) string {
	if c.IP == "" || c.IP == "pipe" {
		return "in the hub's process"
	}
	return net.JoinHostPort(c.IP, strconv.Itoa(c.Port))
}

func pendingCell(n int) cell {
	if n == 0 {
		return inkCell(inkDim, "0").of(0)
	}
	return inkCell(inkWarn, size(float64(n))).of(float64(n))
}

func rttCell(c *hub.Connection) cell {
	if c.RTT <= 0 {
		return inkCell(inkDim, unknown)
	}
	return textCell(brief(time.Duration(c.RTT))).of(float64(c.RTT))
}

// connection is one client, by its number.
type connection uint64

func (s connection) title() string { return fmt.Sprintf("CONNECTION %d", uint64(s)) }

func (s connection) load(ctx context.Context, in Inspector, _ query) (content, error) {
	x, err := in.Connection(ctx, uint64(s))
	if err != nil {
		return content{}, err
	}
	rows := labelled(nil, inkBold, "name", x.Name)
	rows = labelled(rows, inkPlain, "address", address(&x))
	rows = labelled(rows, inkPlain, "user", x.User)
	rows = labelled(rows, inkPlain, "client", x.Lang+" "+x.Version)
	rows = timed(rows, "connected", x.Start)
	rows = timed(rows, "last active", x.LastActivity)
	rows = labelled(rows, inkPlain, "round trip", rttCell(&x).text.String())
	rows = labelled(rows, inkPlain, "came in", traffic(x.InMsgs, x.InBytes))
	rows = labelled(rows, inkPlain, "went out", traffic(x.OutMsgs, x.OutBytes))
	pending := inkPlain
	if x.Pending > 0 {
		pending = inkWarn
	}
	rows = labelled(rows, pending, "pending", size(float64(x.Pending))+" that it has not read yet")
	if x.Stalls > 0 {
		rows = labelled(rows, inkWarn, "stalls", count(x.Stalls)+" times others had to wait for it")
	}
	rows = section(rows, plural(int64(x.Subscriptions), "subscription", "subscriptions"))
	for _, subject := range x.Subjects {
		rows = append(rows, detailRow{text: clean(subject)})
	}
	return content{rows: rows, copy: x.Name}, nil
}

func traffic(messages, bytes int64) string {
	return plural(messages, "message", "messages") + ", " + size(float64(bytes))
}

// timed adds a time and its age, unless there is none.
func timed(rows []detailRow, label string, at time.Time) []detailRow {
	if at.IsZero() {
		return rows
	}
	return append(rows, detailRow{label: label, at: at})
}
