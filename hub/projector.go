package hub

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/hublog"
	"bones-tui/slots"
)

// systemAgent stands for callers that an event does not name.
const systemAgent = "system"

// project writes one rpc line to hub.log for each new task event, until ctx ends.
// An event is published before the task's record is written, so a line says what
// was asked.
func project(ctx context.Context, nc *nats.Conn, log *hublog.Writer) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return fmt.Errorf("open jetstream: %w", err)
	}
	cons, err := js.OrderedConsumer(ctx, slots.StreamTaskEvents, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{slots.TaskEventSubjects}, DeliverPolicy: jetstream.DeliverNewPolicy,
	})
	if err != nil {
		return fmt.Errorf("follow %s: %w", slots.StreamTaskEvents, err)
	}
	messages, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("follow %s: %w", slots.StreamTaskEvents, err)
	}
	defer messages.Stop()
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	for {
		m, err := messages.Next()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("follow %s: %w", slots.StreamTaskEvents, err)
		}
		logEvent(log, m.Data())
	}
}

func logEvent(log *hublog.Writer, data []byte) {
	ev, err := slots.DecodeTaskEvent(data)
	if err != nil {
		return // not the hub's to report
	}
	_ = log.Log(LogEntry{Level: LevelInfo, Event: EventRPC, RPC: rpcName(ev.Type), Agent: eventAgent(ev), Task: ev.TaskID})
}

// rpcName is the dotted name under which a task event shows in hub.log.
func rpcName(t slots.EventType) string {
	switch t {
	case slots.EventCreated:
		return "tasks.create"
	case slots.EventClaimed:
		return "tasks.claim"
	case slots.EventUnclaimed:
		return "tasks.unclaim"
	case slots.EventUpdated:
		return "tasks.update"
	case slots.EventLinked:
		return "tasks.link"
	case slots.EventSlotChanged:
		return "tasks.slot"
	case slots.EventClosed:
		return "tasks.close"
	default:
		return "tasks." + t.String()
	}
}

// eventAgent is who caused a task event, as far as the event tells.
func eventAgent(ev slots.TaskEvent) string {
	body, err := ev.Body()
	if err != nil {
		return systemAgent
	}
	switch b := body.(type) {
	case *slots.Claimed:
		return b.AgentID
	case *slots.Closed:
		return b.AgentID
	default:
		return systemAgent
	}
}
