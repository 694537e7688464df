package tasklog

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"bones-tui/hub/hublog"
	"bones-tui/slots"
)

const (
	// systemAgent stands for callers that an event does not name.
	systemAgent = "system"
	// settleWithin is how long after its event a record may be written: a client does
	// so at once, or after a few retries against others.
	settleWithin = 2 * time.Second
	// notApplied is the error of an event that no record took in.
	notApplied = "not applied"
)

// Projector writes one rpc line to hub.log for each task event. An event is published
// before the task's record is written, and the record names the newest event that
// took effect; so a line waits for the record that names its event.
type Projector struct {
	log             *hublog.Writer
	events, records feed
	waiting         []*call
	written         map[uint64]time.Time // event -> record, while the event is still on its way
}

// Any client can publish events and records. These bound what that makes of the hub.
const (
	maxWaiting = 10_000 // calls that wait for their record
	maxLogged  = 512    // bytes of a name in the log
	// tooMany is the error of an event that could not wait for its record.
	tooMany = "not known whether applied: too many events at once"
)

// call is one event, not yet in the log.
type call struct {
	seq   uint64
	at    time.Time // when the event was stored
	entry hublog.Entry
}

// Follow returns a projector of the events and records that are stored from since on. Without
// a store, which whole tells, the end of nc is the end of its delivery.
func Follow(ctx, whole context.Context, nc *nats.Conn, since time.Time, log *hublog.Writer) (*Projector, error) {
	events, err := follow(ctx, whole, nc, slots.StreamTaskEvents, since)
	if err != nil {
		return nil, err
	}
	records, err := follow(ctx, whole, nc, "KV_"+slots.BucketTasks, since)
	if err != nil {
		events.stop()
		return nil, err
	}
	return &Projector{log: log, events: events, records: records, written: map[uint64]time.Time{}}, nil
}

// feed is what a stream delivers.
type feed struct {
	messages <-chan jetstream.Msg
	stop     func() // waits for the end of the delivery
}

// follow delivers what a stream stores from since on, until it is stopped.
func follow(ctx, whole context.Context, nc *nats.Conn, stream string, since time.Time) (feed, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return feed{}, fmt.Errorf("tasklog: open jetstream: %w", err)
	}
	cons, err := js.OrderedConsumer(ctx, stream, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &since,
	})
	if err != nil {
		return feed{}, fmt.Errorf("tasklog: follow %s: %w", stream, err)
	}
	out, ended := make(chan jetstream.Msg), make(chan struct{})
	cc, err := cons.Consume(func(m jetstream.Msg) {
		select {
		case out <- m:
		case <-ended:
		}
	})
	if err != nil {
		return feed{}, fmt.Errorf("tasklog: follow %s: %w", stream, err)
	}
	return feed{out, func() {
		close(ended)
		stopped := make(chan struct{})
		go func() { // ends with nc at the latest
			defer close(stopped)
			cc.Stop() // waits for a consumer that it is just making anew
			<-cc.Closed()
		}()
		select {
		case <-stopped:
		case <-whole.Done():
		}
	}}, nil
}

// Run writes lines until quit; what still waits then is written as it is.
func (p *Projector) Run(quit <-chan struct{}) {
	defer p.events.stop()
	defer p.records.stop()
	look := time.NewTimer(settleWithin)
	defer look.Stop()
	looking := true // no timer runs while there is nothing to settle
	for {
		select {
		case m := <-p.events.messages:
			p.event(m)
		case m := <-p.records.messages:
			p.record(m)
		case now := <-look.C:
			p.expire(now)
			looking = false
		case <-quit:
			for _, c := range p.waiting {
				_ = p.log.Log(c.entry)
			}
			return
		}
		if !looking && len(p.waiting)+len(p.written) > 0 {
			look.Reset(settleWithin / 4)
			looking = true
		}
	}
}

func (p *Projector) event(m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		return
	}
	ev, err := slots.DecodeTaskEvent(m.Data())
	if err != nil || ev.TaskID == "" {
		return // not the hub's to report
	}
	c := &call{seq: meta.Sequence.Stream, at: meta.Timestamp, entry: hublog.Entry{
		Level: hublog.LevelInfo, Event: hublog.EventRPC, RPC: rpcName(ev.Type),
		Agent: shorten(eventAgent(ev)), Task: shorten(ev.TaskID),
	}}
	if at, ok := p.written[c.seq]; ok {
		delete(p.written, c.seq)
		p.applied(c, at)
		return
	}
	p.waiting = append(p.waiting, c)
	if len(p.waiting) > maxWaiting {
		p.giveUp(tooMany)
	}
}

// giveUp logs the oldest call without its record.
func (p *Projector) giveUp(why string) {
	p.waiting[0].entry.Err = why
	_ = p.log.Log(p.waiting[0].entry)
	p.waiting = p.waiting[1:]
}

// record settles the event that a record names.
func (p *Projector) record(m jetstream.Msg) {
	meta, err := m.Metadata()
	if err != nil {
		return
	}
	t, err := slots.DecodeTask(m.Data())
	if err != nil {
		return // a mark of deletion
	}
	for i, c := range p.waiting {
		unnamed := t.LastEventSeq == 0 && c.entry.Task == shorten(t.ID) // by a writer that names no events
		if c.seq == t.LastEventSeq || unnamed {
			p.waiting = slices.Delete(p.waiting, i, i+1)
			p.applied(c, meta.Timestamp)
			return
		}
	}
	if len(p.written) < maxWaiting {
		p.written[t.LastEventSeq] = meta.Timestamp
	}
}

func (p *Projector) applied(c *call, at time.Time) {
	c.entry.TookMs = max(0, at.Sub(c.at).Milliseconds())
	_ = p.log.Log(c.entry)
}

// expire gives up on events that no record has named, and on records whose event
// was never seen.
func (p *Projector) expire(now time.Time) {
	for len(p.waiting) > 0 && now.Sub(p.waiting[0].at) >= settleWithin {
		p.giveUp(notApplied)
	}
	for seq, at := range p.written {
		if now.Sub(at) >= settleWithin {
			delete(p.written, seq)
		}
	}
}

// shorten bounds a name of others in the log. What is cut in a character is no character
// any more, which the log spells out.
func shorten(name string) string {
	if len(name) <= maxLogged {
		return name
	}
	return name[:maxLogged] + "…"
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
