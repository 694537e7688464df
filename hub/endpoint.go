package hub

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"bones-tui/hub/registry"
)

// The subjects on which a hub of ours answers questions about itself. They make
// up the micro service "bones-hub".
const (
	statusSubject = "bones.hub.status" // Status as JSON
	healthSubject = "bones.hub.health" // "ok", or an error
)

// Version is the hub's own version, announced on NATS and in `bones-tui --version`.
const Version = "0.1.0"

// serveStatus offers the status to attached dashboards and to `nats micro`, from the
// first moment of the start and to the last of the drain.
func (r *running) serveStatus(context.Context) error {
	svc, err := micro.AddService(r.conn, micro.Config{
		Name: "bones-hub", Version: Version, Description: "hub of a bones workspace",
		Metadata: map[string]string{"workspace": registry.ID(r.dir.Root)},
	})
	if err != nil {
		return err
	}
	r.onRelease("status", func(context.Context) error { return svc.Stop() })
	status := micro.HandlerFunc(func(req micro.Request) {
		st, _ := r.hub.Status(r.ctx)
		_ = req.RespondJSON(st)
	})
	health := micro.HandlerFunc(func(req micro.Request) {
		if st, _ := r.hub.Status(r.ctx); !st.NATS.Up || !st.Fossil.Up {
			_ = req.Error("503", fmt.Sprintf("nats: %s; fossil: %s", st.NATS.Problem, st.Fossil.Problem), nil)
			return
		}
		_ = req.Respond([]byte("ok"))
	})
	if err := r.serveRestart(svc); err != nil {
		return err
	}
	if err := svc.AddEndpoint("status", status, micro.WithEndpointSubject(statusSubject)); err != nil {
		return err
	}
	return svc.AddEndpoint("health", health, micro.WithEndpointSubject(healthSubject))
}

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
