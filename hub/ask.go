package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"bones-tui/hub/bonesdir"
	"bones-tui/hub/proc"
	"bones-tui/hub/registry"
)

// The subjects on which a hub of ours answers questions about itself. They make
// up the micro service "bones-hub".
const (
	statusSubject = "bones.hub.status" // Status as JSON
	healthSubject = "bones.hub.health" // "ok", or an error
)

// maxAnswer bounds a message of another client that is decoded, in bytes.
const maxAnswer = 256 << 10

// AskStatus asks the hub at the other end of a connection about itself. Any client can give
// the answer: whoever believes it looks at its PID. Answered says that one has come, which is
// then what the error is about.
func AskStatus(ctx context.Context, nc *nats.Conn) (st Status, answered bool, err error) {
	reply, err := nc.RequestWithContext(ctx, statusSubject, nil)
	if err != nil {
		return Status{}, false, err
	}
	st, err = decodeStatus(reply.Data)
	return st, true, err
}

// decodeStatus reads an answer, which any client can give.
func decodeStatus(data []byte) (st Status, err error) {
	if len(data) > maxAnswer {
		return st, fmt.Errorf("hub: decode status: %d bytes are more than the %d that are read", len(data), maxAnswer)
	}
	if err := json.Unmarshal(data, &st); err != nil {
		return st, fmt.Errorf("hub: decode status: %w", err)
	}
	return st, nil
}

// lostHub asks the process that the registry names for the workspace.
func lostHub(ctx context.Context, root string) (st Status, ok bool) {
	home, err := os.UserHomeDir()
	if err != nil {
		return st, false
	}
	row, err := registry.Read(home, root)
	url := bonesdir.Loopback("nats", row.NATSURL)
	if err != nil || url == "" || !proc.StartedBefore(row.HubPID, row.StartedAt) {
		return st, false
	}
	nc, err := nats.Connect(url, nats.Timeout(answerPatience), nats.NoReconnect())
	if err != nil {
		return st, false
	}
	defer nc.Close()
	st, err = askLoss(ctx, nc)
	return st, err == nil && st.PID == row.HubPID && st.Root == root && st.Lost != ""
}

// askLoss asks a hub for its status.
func askLoss(ctx context.Context, nc *nats.Conn) (Status, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	st, _, err := AskStatus(ctx, nc)
	return st, err
}

// answerPatience is how long one question to a hub that may be starting may take.
const answerPatience = time.Second
