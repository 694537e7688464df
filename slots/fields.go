package slots

import (
	"strings"

	"bones-tui/hub/hublog"
)

// Fields is what a slot has in common with a line of hub.log, and the text in which
// bare words are looked for: one filter language serves both.
func (s Slot) Fields(state State) (fields hublog.Entry, text string) {
	fields = hublog.Entry{Agent: s.Agent, Task: s.TaskID, Err: s.LastErr, Msg: s.Title, Ts: hublog.LoggedTime{Time: s.Renewed}}
	words := []string{s.Name, s.TaskID, s.Title, s.Agent, s.Host, state.String(), s.LastEvent, s.Result}
	if s.Work != nil {
		words = append(words, s.Work.Branch)
	}
	return fields, strings.Join(words, " ")
}

// Fields is what an entry has in common with a line of hub.log, and the text in which
// bare words are looked for.
func (e Entry) Fields() (fields hublog.Entry, text string) {
	fields = hublog.Entry{Agent: e.Agent, Task: e.Task, Msg: e.Text, Ts: hublog.LoggedTime{Time: e.At}, Level: hublog.LevelInfo}
	if e.Bad {
		fields.Level, fields.Err = hublog.LevelError, e.Text
	}
	switch e.Kind {
	case KindTask:
		fields.Event, fields.RPC = hublog.EventRPC, "tasks."+e.What
	case KindHub:
		fields.Event = hublog.EventLifecycle
	case KindCheckIn, KindSlot:
	}
	return fields, strings.Join([]string{e.Kind.String(), e.What, e.Slot, e.Task, e.Agent, e.Branch, e.CheckIn, e.Text, e.Effect.String()}, " ")
}
