package inspect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Connection is one client of the hub's NATS server.
type Connection struct {
	ID            uint64    `json:"cid"`
	Name          string    `json:"name"`
	IP            string    `json:"ip"`
	Port          int       `json:"port"`
	Kind          string    `json:"kind"`
	User          string    `json:"authorized_user"`
	Lang          string    `json:"lang"`
	Version       string    `json:"version"`
	Start         time.Time `json:"start"`
	LastActivity  time.Time `json:"last_activity"`
	RTT           Duration  `json:"rtt"` // 0: not known
	Pending       int       `json:"pending_bytes"`
	InMsgs        int64     `json:"in_msgs"`
	OutMsgs       int64     `json:"out_msgs"`
	InBytes       int64     `json:"in_bytes"`
	OutBytes      int64     `json:"out_bytes"`
	Stalls        int64     `json:"stalls"`
	Subscriptions int       `json:"subscriptions"`
	Subjects      []string  `json:"subscriptions_list"` // only of Connection
}

// Duration is a time.Duration that is written as text, such as "1.2ms".
type Duration time.Duration

// UnmarshalText reads what time.ParseDuration does; anything else is 0.
func (d *Duration) UnmarshalText(b []byte) error {
	v, _ := time.ParseDuration(string(b))
	*d = Duration(v)
	return nil
}

// maxConnections is how many connections one answer of the server may hold, so
// that it stays well within the payload that a client may get.
const maxConnections = 500

// Connections lists the clients, the oldest first, at most 500, and says how many
// there are.
func (r *Reader) Connections(ctx context.Context) (list []Connection, total int, err error) {
	return r.connz(ctx, map[string]any{"limit": maxConnections})
}

// ErrNoConnection says that a connection is closed.
var ErrNoConnection = errors.New("inspect: no such connection")

// Connection describes one client, with the subjects it listens to. A closed one is
// ErrNoConnection.
func (r *Reader) Connection(ctx context.Context, id uint64) (Connection, error) {
	list, _, err := r.connz(ctx, map[string]any{"cid": id, "subscriptions": true})
	if err != nil {
		return Connection{}, err
	}
	for _, c := range list {
		if c.ID == id {
			return c, nil
		}
	}
	return Connection{}, ErrNoConnection
}

// connz asks as any client of an account may.
// Source: NATS documentation, "System Events", account connz.
func (r *Reader) connz(ctx context.Context, options map[string]any) ([]Connection, int, error) {
	conn := r.src.Conn()
	if conn == nil {
		return nil, 0, r.src.Down
	}
	question, err := json.Marshal(options)
	if err != nil {
		return nil, 0, fmt.Errorf("inspect: ask for connections: %w", err)
	}
	reply, err := conn.RequestWithContext(ctx, "$SYS.REQ.ACCOUNT.PING.CONNZ", question)
	if err != nil {
		return nil, 0, fmt.Errorf("inspect: ask for connections: %w", r.noAnswer(err))
	}
	var answer struct {
		Data struct {
			Total int          `json:"total"`
			Conns []Connection `json:"connections"`
		} `json:"data"`
		Error struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return nil, 0, fmt.Errorf("inspect: decode connections: %w", err)
	}
	if answer.Error.Description != "" {
		return nil, 0, fmt.Errorf("inspect: ask for connections: %s", answer.Error.Description)
	}
	return answer.Data.Conns, max(answer.Data.Total, len(answer.Data.Conns)), nil
}
