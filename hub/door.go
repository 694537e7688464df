package hub

import (
	"context"
	"errors"
	"runtime"
	"strings"

	"bones-tui/hub/hublog"
	"bones-tui/hub/internal/door"
	"bones-tui/hub/internal/throttle"
)

// chooseDoors decides who may connect: where the system can tell whose a loopback
// connection is, only the hub's own user and root; elsewhere everyone on this machine.
func (r *running) chooseDoors() {
	open := !r.peersKnown
	if open && runtime.GOOS == "linux" {
		r.log.Lifecycle(LevelWarn, "hub: the kernel does not tell whose a connection is; every user of this machine is admitted")
	}
	told := func(cause, text string) { r.often(cause, text, nil) }
	r.doors = doors{nats: door.New("nats", open, told), fossil: door.New("fossil", open, told)}
}

// startThrottle puts a bound on what others can cause to be logged.
func (r *running) startThrottle() {
	r.throttle = throttle.Start(func(e hublog.Entry) { _ = r.log.Log(e) })
	r.onRelease("throttle", func(context.Context) error { r.throttle.Close(); return nil })
}

// often logs a warning that others can cause as often as they like. Its cause is what such
// lines have in common.
func (r *running) often(cause, text string, err error) {
	e := LogEntry{Level: LevelWarn, Event: EventLifecycle, Msg: "hub: " + text}
	if err != nil {
		e.Msg += ": " + err.Error()
	}
	r.throttle.Log(cause, e)
}

// oftenFailed is often for a failure of the hub's own.
func (r *running) oftenFailed(cause, text string, err error) {
	r.throttle.Log(cause, LogEntry{Level: LevelError, Event: EventError, Err: err.Error(), Msg: "hub: " + text})
}

// webLog takes what the HTTP server itself has to say, such as that a handler has panicked.
type webLog struct{ r *running }

// Write takes one line.
func (l webLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	kind, _, _ := strings.Cut(text, ":")
	l.r.oftenFailed("http: "+kind, "fossil", errors.New(text))
	return len(line), nil
}
