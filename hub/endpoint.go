package hub

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/micro"

	"bones-tui/hub/registry"
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
